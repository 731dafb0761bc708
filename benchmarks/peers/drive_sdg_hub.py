"""sdg-hub: a flow with one LLMChatBlock in its asynchronous mode, and a checkpoint after every 256 rows.

Off: its log lines (LOG_LEVEL).
"""

from __future__ import annotations

from _driving import Job, drive, offline

offline(LOG_LEVEL="ERROR")
SAVE_EVERY = 256  # rows; it works through so many before the next, so fewer would keep lanes empty


def load() -> None:
    from sdg_hub import Flow  # noqa: F401
    from sdg_hub.core.blocks.llm import LLMChatBlock  # noqa: F401


def generate(job: Job, prompts: list[str]) -> list[object]:
    import pandas
    from sdg_hub import Flow
    from sdg_hub.core.blocks.llm import LLMChatBlock
    from sdg_hub.core.flow.metadata import FlowMetadata

    block = LLMChatBlock(block_name="chat", input_cols="messages", output_cols="reply", async_mode=True)
    flow = Flow(blocks=[block], metadata=FlowMetadata(name="benchmark"))
    flow.set_model_config(model=f"openai/{job['model']}", api_base=job["url"], api_key="none")
    rows = [[{"role": "system", "content": job["system"]}, {"role": "user", "content": prompt}] for prompt in prompts]
    made = flow.generate(
        pandas.DataFrame({"messages": rows}),
        checkpoint_dir=job["folder"],
        save_freq=SAVE_EVERY,
        max_concurrency=job["lanes"],
    )
    return [reply[0]["content"] for reply in made["reply"]]


if __name__ == "__main__":
    drive(load, generate)
