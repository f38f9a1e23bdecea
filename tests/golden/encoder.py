"""The architecture of Stint's encoder in plain PyTorch, float64.

Written from the definitions in core/encoder/encoder_config.h and encoder_parameters.h alone, one
token and one mask entry at a time where that is the clearest way to say it, so that it shares no
shortcut with the program that it judges. Needs python3-torch and nothing else of the project.
"""
import math
from dataclasses import dataclass, field

import torch

EPSILON = 1e-5  # of every norm


@dataclass
class Config:
    """The names and words of EncoderConfig."""
    inputs: int = 3
    outputs: int = 3
    window: int = 5
    width: int = 8
    heads: int = 2
    hidden: int = 12
    layers: int = 1
    attention: str = "full"
    positions: str = "none"
    norm: str = "none"
    newest: str = "visible"
    newest_sees_itself: bool = False
    pooling: str = "newest"
    activation: str = "relu"
    scale_embedding: bool = True
    relu_before_head: bool = True
    qkv_keep: float = 1.0

    def query_token(self):
        return self.newest in ("hidden", "repeated")


@dataclass
class Recipe:
    """How a linear layer is stored and how it learns."""
    format: str = "dense"  # dense, sparse, binary, sbt
    search: str = "none"  # scores: frozen weights, learned scores; straight-through; none
    gain: str = "none"  # paper, layer, row, none
    bias: str = "trained"  # trained, frozen, none
    keep: float = 1.0


class TopFraction(torch.autograd.Function):
    """1 for the top fraction, else 0; the gradient passes straight through."""

    @staticmethod
    def forward(context, magnitude, keep):
        count = magnitude.numel()
        dropped = int((1.0 - keep) * count)
        mask = torch.ones(count, dtype=magnitude.dtype)
        mask[torch.argsort(magnitude.flatten())[:dropped]] = 0.0
        return mask.view_as(magnitude)

    @staticmethod
    def backward(context, gradient):
        return gradient, None


class Replaced(torch.autograd.Function):
    """The second argument, with the gradient of the first: straight through."""

    @staticmethod
    def forward(context, learned, used):
        return used.clone()

    @staticmethod
    def backward(context, gradient):
        return gradient, None


def paper_alpha(weight, mask, keep):
    """Mean magnitude of the kept weights (SBT paper): int(keep count) divides."""
    return (weight.abs() * mask).sum() / max(int(keep * weight.numel()), 1)


class Linear:
    """y = gain (B x) + bias. Leaves that learn are in `leaves`."""

    def __init__(self, recipe, weight, score, gain, bias):
        self.recipe, self.leaves = recipe, {}
        by_score = recipe.search == "scores"
        self.weight = weight.clone().requires_grad_(not by_score)
        self.score = score.clone().requires_grad_(True) if by_score else None
        self.leaves["score" if by_score else "weight"] = self.score if by_score else self.weight
        self.bias = None
        if recipe.bias != "none":
            self.bias = bias.clone().requires_grad_(recipe.bias == "trained")
            if recipe.bias == "trained":
                self.leaves["bias"] = self.bias
        self.gain = None
        if recipe.gain in ("layer", "row"):
            self.gain = gain.clone().requires_grad_(True)
            self.leaves["gain"] = self.gain

    def chosen(self):
        """0 or 1 for each weight."""
        recipe = self.recipe
        if recipe.format in ("dense", "binary") or recipe.keep >= 1.0:
            return torch.ones_like(self.weight)
        magnitude = (self.score if recipe.search == "scores" else self.weight).detach().abs()
        return TopFraction.apply(magnitude, recipe.keep)

    def signs(self):
        """B as it is stored."""
        chosen = self.chosen()
        if self.recipe.format in ("binary", "sbt"):
            return torch.where(self.weight.detach() < 0, -1.0, 1.0).to(chosen.dtype) * chosen
        return self.weight.detach() * chosen

    def stored_gain(self):
        rows = self.weight.shape[0]
        if self.recipe.gain == "none":
            return None
        if self.recipe.gain == "paper":
            alpha = paper_alpha(self.weight.detach(), self.chosen(), self.recipe.keep)
            return alpha.expand(rows)
        return self.gain.detach().expand(rows)

    def effective(self):
        """gain B, with the gradients of the two ways to learn."""
        recipe = self.recipe
        if recipe.format == "dense":
            used = self.weight
            return used if self.gain is None else self.gain.view(-1, 1) * used
        if recipe.search == "scores":
            # The choice passes its gradient to the magnitude of the score, the sign of the
            # weight to the weight times the choice.
            learned = self.weight * TopFraction.apply(self.score.abs(), recipe.keep)
        else:
            learned = self.weight
        gain = self.stored_gain()
        fixed = self.signs() if gain is None else self.signs() * gain.view(-1, 1)
        used = Replaced.apply(learned, fixed)
        if self.gain is None:
            return used
        # The value is already there; this adds the gradient of the gain and nothing else.
        return used + (self.gain.view(-1, 1) - self.gain.detach().view(-1, 1)) * self.signs()

    def __call__(self, x):
        y = x @ self.effective().T
        return y if self.bias is None else y + self.bias


@dataclass
class Block:
    query: Linear
    key: Linear
    value: Linear
    output: Linear
    expand: Linear
    contract: Linear
    attention_norm: dict = field(default_factory=dict)  # gain, bias
    feed_forward_norm: dict = field(default_factory=dict)


def may_see(config, tokens, query, key):
    """Whether token `query` of a window attends to token `key`."""
    newest = tokens - 1
    if config.attention == "self-only":
        return query == key
    if key == newest and config.query_token():
        return False
    if config.attention == "step-t":
        if query < newest:
            return query == key
        return key < newest or config.newest_sees_itself
    return True


def turned(z, rows, head_size):
    """Rotary positions: pairs (2 i, 2 i + 1) turned by row 10000^(-2 i / head size)."""
    pairs = torch.arange(head_size // 2, dtype=torch.float64)
    angle = rows.view(-1, 1, 1) * torch.pow(10000.0, -2.0 * pairs / head_size)
    even, odd = z[..., 0::2], z[..., 1::2]
    out = torch.empty_like(z)
    out[..., 0::2] = even * torch.cos(angle) - odd * torch.sin(angle)
    out[..., 1::2] = even * torch.sin(angle) + odd * torch.cos(angle)
    return out


class Encoder:
    def __init__(self, config, embed, blocks, head, positions=None, lag_bias=None, masks=None,
                 query_token=None):
        self.config, self.embed, self.blocks, self.head = config, embed, blocks, head
        self.positions, self.lag_bias = positions, lag_bias
        self.masks, self.query_token = masks, query_token
        self.running = {}  # of batch norms, by name: mean, var
        self.training = False

    def leaves(self):
        found = {}
        for name, linear in self.linears():
            for part, leaf in linear.leaves.items():
                found[name + "." + part] = leaf
        for name, norm in self.norms():
            for part in norm:
                found[name + "." + part] = norm[part]
        learned = self.config.positions in ("window-learned", "recycling-learned")
        if learned:
            found["positions"] = self.positions
        if self.lag_bias is not None:
            found["lag_bias"] = self.lag_bias
        if self.query_token is not None:
            found["query_token"] = self.query_token
        return found

    def linears(self):
        yield "embed", self.embed
        for number, block in enumerate(self.blocks):
            at = "block.%d." % number
            yield at + "attention.query", block.query
            yield at + "attention.key", block.key
            yield at + "attention.value", block.value
            yield at + "attention.output", block.output
            yield at + "feed_forward.expand", block.expand
            yield at + "feed_forward.contract", block.contract
        yield "head", self.head

    def norms(self):
        for number, block in enumerate(self.blocks):
            at = "block.%d." % number
            yield at + "attention.norm", block.attention_norm
            yield at + "feed_forward.norm", block.feed_forward_norm

    def position(self, place, row):
        kind = self.config.positions
        if kind in ("window-sine", "window-learned"):
            return self.positions[place]
        if kind in ("recycling", "recycling-learned"):
            return self.positions[row % self.positions.shape[0]]
        return torch.zeros(self.config.width, dtype=torch.float64)

    def tokens(self, x, row):
        """(tokens, width) of a window whose real rows are x and begin at a row number."""
        config = self.config
        scale = math.sqrt(config.width) if config.scale_embedding else 1.0
        contents = [self.embed(one) * scale for one in x]
        if config.newest == "hidden":
            contents.append(self.query_token)
        elif config.newest == "repeated":
            contents.append(self.embed(x[-1]) * scale)
        elif config.newest == "zeroed":
            contents.append(self.embed(torch.zeros_like(x[-1])) * scale)
        return torch.stack([content + self.position(place, row + place)
                            for place, content in enumerate(contents)])

    def attention(self, block, z, row):
        config = self.config
        count, size = z.shape[0], config.width // config.heads
        query, key, value = block.query(z), block.key(z), block.value(z)
        if self.masks is not None:
            query = query * self.masks["query"][:count]
            key = key * self.masks["key"][:count]
            value = value * self.masks["value"][:count]
        query, key, value = (part.view(count, config.heads, size) for part in (query, key, value))
        if config.positions == "rotary":
            rows = row + torch.arange(count, dtype=torch.float64)
            query, key = turned(query, rows, size), turned(key, rows, size)
        heads = []
        for head in range(config.heads):
            logits = query[:, head] @ key[:, head].T / math.sqrt(size)
            if self.lag_bias is not None:
                lags = [[abs(i - j) for j in range(count)] for i in range(count)]
                logits = logits + self.lag_bias[head][torch.tensor(lags)]
            seen = torch.tensor([[may_see(config, count, i, j) for j in range(count)]
                                 for i in range(count)])
            weights = torch.softmax(logits.masked_fill(~seen, -math.inf), dim=1)
            weights = torch.where(seen, weights, torch.zeros_like(weights))  # rows without keys
            heads.append(weights @ value[:, head])
        return block.output(torch.cat(heads, dim=1))

    def normalise(self, name, norm, windows):
        kind = self.config.norm
        if kind == "none":
            return windows
        if kind == "token":
            return [torch.nn.functional.layer_norm(z, z.shape[1:], norm["gain"], norm["bias"],
                                                   EPSILON) for z in windows]
        if kind == "time":
            return [torch.nn.functional.layer_norm(z.T, (z.shape[0],), norm["gain"],
                                                   norm["bias"], EPSILON).T for z in windows]
        mean, variance = self.running[name]
        together = torch.nn.functional.batch_norm(
            torch.cat(windows), mean, variance, norm["gain"], norm["bias"], self.training, 0.1,
            EPSILON)
        return list(torch.split(together, [len(z) for z in windows]))

    def __call__(self, windows, rows):
        """Answers, (windows, outputs). Each window is (real rows, inputs); batch norm sees all."""
        config = self.config
        z = [self.tokens(x, row) for x, row in zip(windows, rows)]
        for number, block in enumerate(self.blocks):
            at = "block.%d." % number
            z = [one + self.attention(block, one, row) for one, row in zip(z, rows)]
            z = self.normalise(at + "attention.norm", block.attention_norm, z)
            active = torch.relu if config.activation == "relu" else torch.nn.functional.gelu
            z = [one + block.contract(active(block.expand(one))) for one in z]
            z = self.normalise(at + "feed_forward.norm", block.feed_forward_norm, z)
        if config.relu_before_head:
            z = [torch.relu(one) for one in z]
        pooled = [one.mean(dim=0) if config.pooling == "mean" else one[-1] for one in z]
        return self.head(torch.stack(pooled))


def window_sine(rows, width):
    """The usual table of sines and cosines."""
    return torch.tensor([[(math.cos if i % 2 else math.sin)(t * 10000.0 ** (-(i - i % 2) / width))
                          for i in range(width)] for t in range(rows)], dtype=torch.float64)


def recycling(window, width):
    """Period of 2 n rows; whole numbers of turns from 1 to n in geometric steps."""
    pairs = (width + 1) // 2
    table = []
    for t in range(2 * window):
        line = []
        for i in range(width):
            place = (i // 2) / (pairs - 1) if pairs > 1 else 0.0
            turns = math.floor(window ** place + 0.5)
            angle = 2.0 * math.pi * turns * t / (2 * window)
            line.append(math.cos(angle) if i % 2 else math.sin(angle))
        table.append(line)
    return torch.tensor(table, dtype=torch.float64)
