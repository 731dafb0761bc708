"""distilabel: a pipeline of one TextGeneration task whose batches are as large as the lanes, with its cache on.

Off: its log lines (DISTILABEL_LOG_LEVEL); its cache (DISTILABEL_CACHE_DIR) is the job's folder.
"""

from __future__ import annotations

import json
import os
import sys

from _driving import Job, drive, offline

offline(DISTILABEL_LOG_LEVEL="ERROR")
if __name__ == "__main__":
    os.environ["DISTILABEL_CACHE_DIR"] = json.loads(sys.argv[1])["folder"]


def load() -> None:
    from distilabel.models import OpenAILLM  # noqa: F401
    from distilabel.pipeline import Pipeline  # noqa: F401
    from distilabel.steps.tasks import TextGeneration  # noqa: F401


def generate(job: Job, prompts: list[str]) -> list[object]:
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps.tasks import TextGeneration

    rows = [{"instruction": prompt} for prompt in prompts]
    with Pipeline(name="benchmark", cache_dir=job["folder"]) as pipeline:
        TextGeneration(
            name="reply",
            llm=OpenAILLM(model=job["model"], base_url=job["url"], api_key="none"),
            system_prompt=job["system"],
            input_batch_size=job["lanes"],
        )
    made = pipeline.run(dataset=rows, dataset_batch_size=job["lanes"], use_cache=True)
    return list(made["default"]["train"]["generation"])


if __name__ == "__main__":
    drive(load, generate)
