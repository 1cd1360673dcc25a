"""Golden token ids of small tokenizers of each kind, by Hugging Face's tokenizers. python3 tokens.py > tokens.json"""
import json
import sys

from tokenizers import Regex, Tokenizer, __version__, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE, Unigram, WordLevel, WordPiece
from tokenizers.trainers import BpeTrainer, UnigramTrainer, WordLevelTrainer, WordPieceTrainer

CORPUS = [
    "The parcel arrived late, but the lamp works.",
    "A quiet room with 12 chairs and 3 tables!",
    "Das Café öffnet um 8 Uhr; es gibt Käse und Brötchen.",
    "Never again: the handle broke after two days...",
    "She said it wasn't what they'd ordered.",
    "今天天气很好，我们去公园。",
    "вечером мы пили чай",
] * 4

TEXTS = [
    "The lamp works.",
    "the   PARCEL\tarrived\nlate",
    "Unbelievably unchairlike wording, isn't it?",
    "Café Käse Cafe\u0301 Brötchen",
    "12 chairs, 3.5 tables, \u0664\u0665 more",
    "今天天气很好 good",
    "\U00020000\U0002a700 rare",
    "สวัสดีครับ",
    "שלום עולם",
    "emoji 😀👍🏽 end",
    "zero\u200bwidth\u200djoin\ufeffed",
    "nbsp\u00a0and\u3000wide",
    "control\u0007char \ufffd x",
    "ﬁne ½ ①",
    "[SEP] in a text",
    "don't they'd",
    "",
    "   ",
    "x" * 120,
]
PAIRS = [
    ["the lamp", "a quiet room with chairs"],
    ["", "the lamp works"],
    ["the lamp works", ""],
    ["the lamp works and the handle broke after two days", "a quiet room with chairs and tables"],
    ["the lamp works and the handle broke", "two days"],
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def template(tokenizer):
    sep, cls = tokenizer.token_to_id("[SEP]"), tokenizer.token_to_id("[CLS]")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)]
    )
    return tokenizer


def word_piece():
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, WordPieceTrainer(vocab_size=220, special_tokens=SPECIAL, show_progress=False))
    return template(tokenizer)


def word_level():
    tokenizer = Tokenizer(WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation()]
    )
    tokenizer.train_from_iterator(CORPUS, WordLevelTrainer(special_tokens=SPECIAL, show_progress=False))
    return template(tokenizer)


def byte_level():
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(
        vocab_size=420, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>"))
    )
    return tokenizer


def unigram():
    tokenizer = Tokenizer(Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = UnigramTrainer(vocab_size=160, special_tokens=SPECIAL, unk_token="[UNK]", show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return template(tokenizer)


def case(tokenizer):
    """The ids of each text, and of pairs that are cut to 12 ids, with their types."""
    texts = [tokenizer.encode(text).ids for text in TEXTS]
    cut = Tokenizer.from_str(tokenizer.to_str())
    cut.enable_truncation(12)
    first = [cut.encode(text).ids for text in TEXTS]
    pairs = [cut.encode(a, b) for a, b in PAIRS]
    stored = json.loads(tokenizer.to_str())
    return {
        "tokenizer": stored, "ids": texts, "cut": first,
        "pairs": [{"ids": pair.ids, "types": pair.type_ids} for pair in pairs],
    }


json.dump(
    {
        "about": f"tokenizers {__version__}", "texts": TEXTS, "pairs": PAIRS, "maxLength": 12,
        "kinds": {one.__name__: case(one()) for one in (word_piece, word_level, byte_level, unigram)},
    },
    sys.stdout, ensure_ascii=True, separators=(",", ":"),
)
sys.stdout.write("\n")
