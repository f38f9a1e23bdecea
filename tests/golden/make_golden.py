#!/usr/bin/python3
"""Makes the golden files beside it: answers and gradients of every part of the architecture,
computed by PyTorch in float64, and an example for `stint import`.

    apt-get install --no-install-recommends python3-torch python3-numpy
    /usr/bin/python3 tests/golden/make_golden.py

The same seed and versions (they are in each file's metadata) give the same files. Sizes are small
on purpose; numbers that are drawn have few digits, so that the files stay small as well.
"""
import json
import pathlib
import struct
from dataclasses import asdict, replace

import numpy
import torch

from encoder import Block, Config, Encoder, Linear, Recipe, paper_alpha, recycling, window_sine

FOLDER = pathlib.Path(__file__).resolve().parent
SEED = 20240611

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def drawn(random, *shape, scale=1.0):
    """Standard normal values of few digits."""
    return torch.from_numpy(numpy.round(scale * random.standard_normal(shape), 4))


def spread(random, rows, columns):
    """Values whose magnitudes all differ, so that the top fraction is never a tie."""
    count = rows * columns
    magnitude = (random.permutation(count) + 0.5) / count * 1.5 / columns ** 0.5
    sign = numpy.where(random.random(count) < 0.5, -1.0, 1.0)
    return torch.from_numpy(numpy.round(sign * magnitude, 5)).view(rows, columns)


def made_linear(random, recipe, outputs, inputs):
    weight, score = spread(random, outputs, inputs), spread(random, outputs, inputs)
    start = 0.8 / inputs ** 0.5
    count = 1 if recipe.gain == "layer" else outputs
    gain = torch.from_numpy(numpy.round(start * random.uniform(0.5, 1.5, count), 4))
    return Linear(recipe, weight, score, gain, drawn(random, outputs, scale=0.2))


def made_norm(random, config):
    if config.norm == "none":
        return {}
    size = config.window if config.norm == "time" else config.width
    return {"gain": (1.0 + drawn(random, size, scale=0.2)).requires_grad_(True),
            "bias": drawn(random, size, scale=0.2).requires_grad_(True)}


def made_encoder(random, config, recipe=None, ends=None, small=None):
    """recipe: of the blocks; ends: of embedding and head; small: of feed-forward, if another."""
    recipe, ends = recipe or Recipe(), ends or Recipe()
    small = small or recipe
    d, f = config.width, config.hidden
    blocks = []
    embed = made_linear(random, ends, d, config.inputs)
    for _ in range(config.layers):
        blocks.append(Block(*(made_linear(random, recipe, d, d) for _ in range(4)),
                            made_linear(random, small, f, d), made_linear(random, small, d, f),
                            made_norm(random, config), made_norm(random, config)))
    encoder = Encoder(config, embed, blocks, made_linear(random, ends, config.outputs, d))
    tables = {"window-sine": window_sine, "recycling": recycling}
    if config.positions in tables:
        encoder.positions = tables[config.positions](config.window, d)
    elif config.positions in ("window-learned", "recycling-learned"):
        rows = config.window * (2 if config.positions == "recycling-learned" else 1)
        encoder.positions = drawn(random, rows, d, scale=0.5).requires_grad_(True)
    elif config.positions == "lag-bias":
        encoder.lag_bias = drawn(random, config.heads, config.window).requires_grad_(True)
    if config.attention == "fixed-mask":
        encoder.masks = {part: torch.from_numpy(numpy.where(
            random.permutation(config.window * d) < int((1.0 - config.qkv_keep)
                                                        * config.window * d), 0.0, 1.0)).view(
            config.window, d) for part in ("query", "key", "value")}
    if config.newest == "hidden":
        encoder.query_token = drawn(random, d, scale=0.7).requires_grad_(True)
    if config.norm == "batch":
        for name, _ in encoder.norms():
            encoder.running[name] = (drawn(random, d, scale=0.3),
                                     1.0 + drawn(random, d, scale=0.3).abs())
    return encoder


# --- as JSON ---------------------------------------------------------------------------------

def numbers(tensor, digits=16):
    def short(value):
        value = float("%.*g" % (digits, value))
        return int(value) if value == int(value) and abs(value) < 1e9 else value

    def nested(values):
        return [nested(v) for v in values] if isinstance(values, list) else short(values)
    return nested(tensor.detach().tolist())


def linear_document(linear):
    recipe = linear.recipe
    document = {"format": recipe.format, "search": recipe.search, "gain_kind": recipe.gain,
                "bias_kind": recipe.bias, "keep": recipe.keep, "weight": numbers(linear.weight)}
    if linear.score is not None:
        document["score"] = numbers(linear.score)
    if recipe.format != "dense":
        document["stored"] = numbers(linear.signs())
    if recipe.gain != "none":
        document["gain"] = numbers(linear.stored_gain())
    if linear.bias is not None:
        document["bias"] = numbers(linear.bias)
    return document


def encoder_document(encoder):
    document = {"config": asdict(encoder.config),
                "layers": {name: linear_document(linear) for name, linear in encoder.linears()}}
    norms = {name: {part: numbers(value) for part, value in norm.items()}
             for name, norm in encoder.norms() if norm}
    for name, (mean, variance) in encoder.running.items():
        norms[name]["running_mean"] = numbers(mean)
        norms[name]["running_variance"] = numbers(variance)
    if norms:
        document["norms"] = norms
    for part in ("positions", "lag_bias", "query_token"):
        if getattr(encoder, part) is not None:
            document[part] = numbers(getattr(encoder, part))
    if encoder.masks is not None:
        document["masks"] = {part: numbers(mask) for part, mask in encoder.masks.items()}
    return document


def case(name, encoder, windows, rows, random, training=False):
    """Answers of some windows, and the gradient of their sum weighted by random numbers."""
    document = {"name": name, **encoder_document(encoder)}
    encoder.training = training
    answers = encoder(windows, rows)
    weights = drawn(random, *answers.shape)
    (answers * weights).sum().backward()
    document["windows"] = [{"row": row, "x": numbers(x), "answer": numbers(y), "weight": numbers(w)}
                           for x, row, y, w in zip(windows, rows, answers, weights)]
    document["training"] = training
    # 1e-8 is asked of gradients; twelve digits show more than that.
    document["gradients"] = {leaf: numbers(value.grad, 12)
                             for leaf, value in encoder.leaves().items() if value.grad is not None}
    if training:
        # The statistics were moved in place; a running encoder answers by the moved ones.
        document["running_after"] = {leaf: {"mean": numbers(mean), "variance": numbers(variance)}
                                     for leaf, (mean, variance) in encoder.running.items()}
        encoder.training = False
        for window, answer in zip(document["windows"], encoder(windows, rows)):
            window["answer_after"] = numbers(answer)
    return document


def windows_for(random, config, lengths=None):
    real = config.window - (0 if config.newest == "visible" else 1)
    lengths = lengths or [real, real]
    return [drawn(random, length, config.inputs) for length in lengths], [3 + 8 * i for i in
                                                                         range(len(lengths))]


# --- the groups ------------------------------------------------------------------------------

class Group:
    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)
        self.cases = []

    def add(self, name, config, recipe=None, ends=None, small=None, lengths=None, training=False):
        encoder = made_encoder(self.random, config, recipe, ends, small)
        windows, rows = windows_for(self.random, config, lengths)
        self.cases.append(case(name, encoder, windows, rows, self.random, training))


def weights(group):
    hidden = Config(attention="step-t", positions="recycling", newest="hidden", layers=1)
    for form, keep in (("dense", 1.0), ("sparse", 0.5), ("binary", 1.0), ("sbt", 0.25)):
        # A binary layer has nothing to choose by scores; a dense one with a gain is a gate.
        searches = {"dense": ("none",), "binary": ("straight-through",)}.get(
            form, ("scores", "straight-through"))
        gains = {"dense": ("none", "row"), "sparse": ("none",)}.get(form,
                                                                  ("paper", "layer", "row"))
        for search in searches:
            for gain in gains:
                group.add("%s, %s, gain %s" % (form, search, gain), hidden,
                          Recipe(form, search, gain, "trained", keep))
    group.add("sbt of odd keep fraction in two blocks", replace(hidden, layers=2),
              Recipe("sbt", "scores", "row", "trained", 0.37))


def masks(group):
    base = Config(layers=2)
    group.add("full", base)
    group.add("full with a query token", replace(base, newest="hidden"))
    for itself in (False, True):
        group.add("step-t, newest %s itself" % ("sees" if itself else "does not see"),
                  replace(base, attention="step-t", newest_sees_itself=itself))
    group.add("step-t with a query token", replace(base, attention="step-t", newest="hidden"))
    group.add("self-only", replace(base, attention="self-only"))
    group.add("fixed mask", replace(base, attention="fixed-mask", qkv_keep=0.5))
    group.add("one token without keys", replace(base, attention="step-t", layers=1), lengths=[1, 2])
    group.add("window of one row without keys", replace(base, attention="step-t", window=1))


def norms(group):
    base = Config(layers=2)
    for norm in ("none", "token", "time"):
        group.add("norm " + norm, replace(base, norm=norm))
    group.add("norm time with a query token", replace(base, norm="time", newest="hidden",
                                                      attention="step-t"))
    group.add("norm token, step-t", replace(base, norm="token", newest="hidden",
                                            attention="step-t"))
    batch = replace(base, norm="batch", pooling="mean")
    group.add("norm batch, running statistics", batch)
    group.add("norm batch, statistics of the batch", batch, lengths=[5, 5, 5], training=True)
    group.add("norm batch, step-t, newest", replace(base, norm="batch", attention="step-t"))


def positions(group):
    base = Config(layers=2)
    for kind in ("none", "window-sine", "window-learned", "recycling", "recycling-learned",
                 "rotary", "lag-bias"):
        group.add("positions %s, full" % kind, replace(base, positions=kind))
        group.add("positions %s, step-t with a query token" % kind,
                  replace(base, layers=1, positions=kind, attention="step-t", newest="hidden"))


def newest(group):
    base = Config(layers=1, positions="recycling")
    for attention in ("full", "step-t"):
        for kind in ("hidden", "repeated", "zeroed", "visible"):
            group.add("newest %s, %s" % (kind, attention),
                      replace(base, attention=attention, newest=kind))
    group.add("newest repeated, self-only", replace(base, attention="self-only", newest="repeated"))
    group.add("mean of the window, full", replace(base, pooling="mean"))
    group.add("mean of the window, step-t", replace(base, pooling="mean", attention="step-t",
                                                    newest_sees_itself=True))
    group.add("gelu", replace(base, activation="gelu"))
    group.add("neither scaled embedding nor ReLU before the head",
              replace(base, scale_embedding=False, relu_before_head=False))
    group.add("other sizes", Config(inputs=4, outputs=2, window=3, width=6, heads=3, hidden=5,
                                    layers=3, attention="step-t", newest="hidden"))


def recipes(group):
    detector = Config(attention="step-t", positions="recycling", newest="hidden", layers=2)
    compressed = Recipe("sbt", "scores", "row", "trained", 0.5)
    group.add("detector, dense", detector)
    group.add("detector, learned scores", detector, compressed)
    group.add("detector, straight-through", detector, replace(compressed,
                                                              search="straight-through"))
    classifier = Config(outputs=4, norm="batch", pooling="mean", positions="window-sine", layers=2)
    group.add("classifier, dense", classifier, training=True)
    group.add("classifier, learned scores", classifier, compressed, training=True)
    # Everything binary; only query, key, value and output have a bias, which stays as it is drawn.
    plain = Recipe("sbt", "scores", "paper", "none", 0.5)
    frozen = replace(plain, bias="frozen")
    group.add("detector of the paper", Config(attention="step-t", positions="window-sine",
                                              layers=2), frozen, plain, plain)
    group.add("classifier of the paper", replace(classifier, attention="fixed-mask", qkv_keep=0.5),
              frozen, plain, plain, training=True)


def classifier(group):
    base = Config(outputs=4, window=7, pooling="mean", positions="window-sine", layers=2)
    lengths = [7, 3, 5, 1]
    for norm in ("none", "token", "batch"):
        group.add("series of unequal length, norm " + norm, replace(base, norm=norm),
                  lengths=lengths, training=norm == "batch")
    group.add("series of unequal length, fixed mask",
              replace(base, attention="fixed-mask", qkv_keep=0.5, norm="token"), lengths=lengths)


def streams(group):
    """A stream of more than six windows; every answer is that of its window."""
    variants = [("", {}), (" with a query token", {"newest": "hidden"})]
    for layers in (1, 2, 3):
        for text, changes in variants:
            config = Config(layers=layers, positions="recycling", **changes)
            group.cases.append(stream(group.random, "%d blocks%s" % (layers, text), config))
    for name, config in (
            ("rotary, token norm", Config(layers=2, positions="rotary", norm="token")),
            ("lag bias, repeated newest", Config(layers=2, positions="lag-bias",
                                                 newest="repeated")),
            ("mean of the window", Config(layers=2, positions="rotary", pooling="mean")),
            ("window-sine in one block", Config(layers=1, positions="window-sine")),
            ("zeroed newest in one block", Config(layers=1, positions="recycling",
                                                  newest="zeroed")),
            ("step-t", Config(layers=3, attention="step-t", positions="recycling", norm="token",
                              newest_sees_itself=True))):
        group.cases.append(stream(group.random, name, config))


def stream(random, name, config):
    encoder = made_encoder(random, config)
    x = drawn(random, 6 * config.window + 4, config.inputs)
    answers = []
    for newest_row in range(config.window - 1, len(x)):
        first = newest_row - config.window + 1
        last = newest_row + (1 if config.newest == "visible" else 0)
        answers.append(numbers(encoder([x[first:last]], [first])[0]))
    return {"name": name, **encoder_document(encoder), "x": numbers(x), "answers": answers}


# --- an example for `stint import` -----------------------------------------------------------

def write_safetensors(path, tensors):
    header, data = {}, b""
    for name in sorted(tensors):
        raw = tensors[name].detach().to(torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class TorchModel(torch.nn.Module):
    """What a person might have trained: PyTorch's own encoder between two linear layers."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embedding = torch.nn.Linear(config.inputs, config.width)
        layer = torch.nn.TransformerEncoderLayer(
            config.width, config.heads, config.hidden, dropout=0.0, batch_first=True,
            activation=config.activation)
        self.encoder = torch.nn.TransformerEncoder(layer, config.layers)
        self.head = torch.nn.Linear(config.width, config.outputs)
        if config.newest == "hidden":
            self.query_token = torch.nn.Parameter(torch.randn(config.width) * 0.5)

    def forward(self, x, row):
        config = self.config
        z = self.embedding(x)
        if config.newest == "hidden":
            z = torch.cat([z, self.query_token.view(1, -1)])
        count = len(z)
        if config.positions == "window-sine":
            z = z + window_sine(config.window, config.width)
        elif config.positions == "recycling":
            table = recycling(config.window, config.width)
            z = z + table[(row + torch.arange(count)) % len(table)]
        seen = torch.ones(count, count, dtype=torch.bool)
        if config.attention == "step-t":
            seen = torch.eye(count, dtype=torch.bool)
            seen[-1] = True
        if config.query_token() or config.attention == "step-t":
            seen[:, -1] = False
        return self.head(self.encoder(z.unsqueeze(0), mask=~seen)[0, -1])


def import_examples(random, metadata):
    common = {"scale_embedding": False, "relu_before_head": False, "norm": "token"}
    for name, config in (
            ("import_step_t", Config(layers=2, attention="step-t", positions="recycling",
                                     newest="hidden", **common)),
            ("import_full", Config(layers=1, positions="window-sine", newest="hidden",
                                   activation="gelu", **common))):
        torch.manual_seed(SEED)
        model = TorchModel(config).eval()
        with torch.no_grad():
            for leaf in model.parameters():
                if leaf.dim() == 1:  # biases and norms start at 0 and 1, which would hide mistakes
                    leaf += 0.2 * torch.randn_like(leaf)
                leaf.copy_(leaf.to(torch.float32))
        write_safetensors(FOLDER / (name + ".safetensors"), model.state_dict())
        x = drawn(random, 6 * config.window, config.inputs)
        answers = [numbers(model(x[t - config.window + 1:t], t - config.window + 1))
                   for t in range(config.window - 1, len(x))]
        channels = [{"name": "channel %d" % i, "unit": "V", "mean": 0.5 * i, "scale": 1.0 + i}
                    for i in range(config.inputs)]
        document = {"task": "anomaly", "window": config.window, "heads": config.heads,
                    "mask": config.attention, "positions": config.positions,
                    "newest": config.newest, "activation": config.activation,
                    "scale_embedding": False, "relu_before_head": False, "channels": channels}
        (FOLDER / (name + ".json")).write_text(json.dumps(document, indent=1) + "\n")
        write_json(name + "_answers.json", {"metadata": metadata, "x": numbers(x),
                                            "answers": answers})


def write_json(name, document):
    (FOLDER / name).write_text(json.dumps(document, separators=(",", ":")) + "\n")


def check_against_torch(random):
    """The plain implementation must equal PyTorch's own layers where those exist."""
    config = Config(layers=2, norm="token", scale_embedding=False, relu_before_head=False)
    encoder = made_encoder(random, config)
    layer = torch.nn.TransformerEncoderLayer(config.width, config.heads, config.hidden,
                                             dropout=0.0, batch_first=True)
    theirs = torch.nn.TransformerEncoder(layer, config.layers).eval()
    with torch.no_grad():
        for block, to in zip(encoder.blocks, theirs.layers):
            qkv = (block.query, block.key, block.value)
            to.self_attn.in_proj_weight.copy_(torch.cat([part.weight for part in qkv]))
            to.self_attn.in_proj_bias.copy_(torch.cat([part.bias for part in qkv]))
            for part, linear in ((to.self_attn.out_proj, block.output), (to.linear1, block.expand),
                                 (to.linear2, block.contract)):
                part.weight.copy_(linear.weight)
                part.bias.copy_(linear.bias)
            for part, norm in ((to.norm1, block.attention_norm), (to.norm2,
                                                                  block.feed_forward_norm)):
                part.weight.copy_(norm["gain"])
                part.bias.copy_(norm["bias"])
        x = drawn(random, config.window, config.inputs)
        expected = encoder.head(theirs(encoder.embed(x).unsqueeze(0))[0, -1])
        difference = (encoder([x], [0])[0] - expected).abs().max().item()
    assert difference < 1e-12, difference


def main():
    metadata = {"torch": torch.__version__, "numpy": numpy.__version__, "seed": SEED,
                "made_by": "tests/golden/make_golden.py", "precision": "float64"}
    check_against_torch(numpy.random.default_rng(SEED))
    makers = (weights, masks, norms, positions, newest, recipes, classifier, streams)
    for number, maker in enumerate(makers):
        group = Group(SEED + number)
        maker(group)
        write_json(maker.__name__ + ".json", {"metadata": metadata, "cases": group.cases})
    import_examples(numpy.random.default_rng(SEED + 100), metadata)


if __name__ == "__main__":
    main()
