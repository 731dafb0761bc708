"""NeMo Data Designer: a seed column with the prompts and one LLM text column, row groups of its default size.

Off: telemetry (NEMO_TELEMETRY_ENABLED) and the port for metrics; its folder (DATA_DESIGNER_HOME) is the job's.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from _driving import Job, drive, offline

offline(NEMO_TELEMETRY_ENABLED="false")
if __name__ == "__main__":
    os.environ["DATA_DESIGNER_HOME"] = str(Path(json.loads(sys.argv[1])["folder"]) / "home")


def load() -> None:
    import data_designer.config  # noqa: F401
    from data_designer.interface import DataDesigner  # noqa: F401


def generate(job: Job, prompts: list[str]) -> list[object]:
    import data_designer.config as dd
    import pandas
    from data_designer.interface import DataDesigner

    model = dd.ModelConfig(
        alias="writer", model=job["model"], provider="mock", skip_health_check=True,
        inference_parameters=dd.ChatCompletionInferenceParams(max_parallel_requests=job["lanes"]),
    )  # fmt: skip
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=pandas.DataFrame({"prompt": prompts})))
    builder.add_column(
        dd.LLMTextColumnConfig(name="reply", prompt="{{ prompt }}", system_prompt=job["system"], model_alias="writer")
    )
    designer = DataDesigner(
        artifact_path=Path(job["folder"]) / "artifacts",
        model_providers=[dd.ModelProvider(name="mock", endpoint=job["url"], api_key="none")],
    )
    designer.set_run_config(dd.RunConfig(otel_metrics_port=None))
    made = designer.create(builder, num_records=len(prompts), dataset_name="benchmark")
    return list(made.load_dataset()["reply"])


if __name__ == "__main__":
    drive(load, generate)
