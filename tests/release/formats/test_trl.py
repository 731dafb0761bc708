"""TRL's trainers on a release as it is. torch is in no lock, so this is collected only where trl is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.release import made
from tests.release.formats.test_loading import TRL, child


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_trls_trainers_train_on_it_as_it_is(tmp_path: Path) -> None:
    report = made.make(many(tmp_path / "study"))
    losses = child(TRAIN, str(report.path), str(tmp_path / "model"), home=tmp_path / "home")
    assert losses.keys() == TRL.keys()
    for first, *_, last in losses.values():
        assert last < first


def many(root: Path) -> Any:
    folder = made.study(root)
    shown: dict[str, Any] = {"examples": ("p1",), "values": ("fairness",), "topic": None, "question_type": None}
    slots = [(made.ask(n, **shown), made.answer(n, f"Which train goes to town number {n}?")) for n in range(40)]
    made.write_run(folder, "triples", "triples", slots, asked={"examples": ["p1"], "proposals": False})
    return folder


TRAIN = """
import json, sys, torch, trl
from datasets import disable_progress_bars, load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
try:
    from trl import KTOConfig, KTOTrainer
except ImportError:
    from trl.experimental.kto import KTOConfig, KTOTrainer
disable_progress_bars()
path, home = sys.argv[1:]
data = {name: load_dataset(path, name, split="train") for name in ("sft", "identity", "dpo", "kto")}
# a tokenizer of the release's own words, and two random layers
bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False)
words = Tokenizer(models.BPE())
words.pre_tokenizer, words.decoder = bytes_, decoders.ByteLevel()
words.train_from_iterator(
    [row["prompt"] + row["completion"] for row in data["sft"]],
    trainers.BpeTrainer(vocab_size=400, special_tokens=["<pad>", "<end>"], initial_alphabet=bytes_.alphabet()),
)
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<end>", bos_token="<end>")
torch.manual_seed(0)
LlamaForCausalLM(LlamaConfig(
    vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=512, pad_token_id=0, bos_token_id=1, eos_token_id=1,
)).save_pretrained(home)
tokenizer.save_pretrained(home)
asked = dict(
    output_dir=home + "-out", per_device_train_batch_size=8, max_steps=30, learning_rate=1e-3, report_to=[],
    save_strategy="no", logging_steps=10, use_cpu=True, bf16=False, disable_tqdm=True,
)
losses = {}
for name, trainer, settings in (
    ("sft", trl.SFTTrainer, trl.SFTConfig), ("identity", trl.SFTTrainer, trl.SFTConfig),
    ("dpo", trl.DPOTrainer, trl.DPOConfig), ("kto", KTOTrainer, KTOConfig),
):
    made = trainer(model=home, args=settings(**asked), train_dataset=data[name], processing_class=tokenizer)
    made.train()
    losses[name] = [line["loss"] for line in made.state.log_history if "loss" in line]
print(json.dumps(losses))
"""
