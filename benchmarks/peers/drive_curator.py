"""bespokelabs-curator: `LLM` over a list of prompts, with its cache and its journal of responses.

Its openai backend, which is faster than the one through LiteLLM. It downloads a vocabulary when it starts, unless
tiktoken finds it: LiteLLM, which comes with it, holds a copy (TIKTOKEN_CACHE_DIR). Limits a minute are so high that
they never bind. Off: telemetry (TELEMETRY_ENABLED), the rich display (CURATOR_DISABLE_RICH_DISPLAY), the viewer.
"""

from __future__ import annotations

import os
from pathlib import Path

from _driving import Job, drive, offline

offline(TELEMETRY_ENABLED="false", CURATOR_DISABLE_RICH_DISPLAY="1", CURATOR_VIEWER="false")


def load() -> None:
    from bespokelabs import curator  # noqa: F401


def generate(job: Job, prompts: list[str]) -> list[object]:
    import litellm
    from bespokelabs import curator

    os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(litellm.__file__).parent / "litellm_core_utils" / "tokenizers")
    llm = curator.LLM(
        model_name=job["model"],
        backend="openai",
        system_prompt=job["system"],
        backend_params={
            "base_url": job["url"], "api_key": "none", "max_concurrent_requests": job["lanes"],
            "max_requests_per_minute": 1_000_000, "max_tokens_per_minute": 1_000_000_000,
        },
    )  # fmt: skip
    return list(llm(prompts, working_dir=job["folder"]).dataset["response"])


if __name__ == "__main__":
    drive(load, generate)
