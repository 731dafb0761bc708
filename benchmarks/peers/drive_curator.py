"""bespokelabs-curator: `LLM` over a list of prompts, with its cache and its journal of responses.

Through LiteLLM, because its own openai backend downloads a vocabulary when it starts. Limits a minute are set so high
that they never bind. Off: telemetry (TELEMETRY_ENABLED), the rich display (CURATOR_DISABLE_RICH_DISPLAY), the viewer.
"""

from __future__ import annotations

from _driving import Job, drive, offline

offline(TELEMETRY_ENABLED="false", CURATOR_DISABLE_RICH_DISPLAY="1", CURATOR_VIEWER="false")


def load() -> None:
    from bespokelabs import curator  # noqa: F401


def generate(job: Job, prompts: list[str]) -> list[object]:
    from bespokelabs import curator

    llm = curator.LLM(
        model_name=f"openai/{job['model']}",
        backend="litellm",
        system_prompt=job["system"],
        backend_params={
            "base_url": job["url"], "api_key": "none", "max_concurrent_requests": job["lanes"],
            "max_requests_per_minute": 1_000_000, "max_tokens_per_minute": 1_000_000_000,
        },
    )  # fmt: skip
    return list(llm(prompts, working_dir=job["folder"]).dataset["response"])


if __name__ == "__main__":
    drive(load, generate)
