"""dlib's face network, read from its file and built anew for ONNX Runtime, where it is several times as fast.

The network (Davis King, "High Quality Face Recognition with Deep Metric Learning", 2017; its shape is in dlib's
``examples/dnn_metric_learning_on_images_ex.cpp``) is a ResNet with 29 convolutions, after He et al. 2015, half as wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from media_index.encoders.base import EncoderError

if TYPE_CHECKING:
    from onnx import ModelProto

Floats = NDArray[np.float32]

SIDE = 150
"""Sides of the pictures that the network takes, in pixels."""
DIMENSIONS = 128
MEAN = (122.782, 117.001, 104.298)
"""Of red, green and blue; ``input_rgb_image`` of dlib takes them away and divides by :data:`SCALE`."""
SCALE = 256.0
LEVELS = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
"""Width and number of the residual blocks of each level, and whether the first one halves the picture."""
INPUT, OUTPUT = "pixels", "vectors"
_OPSET = 17
_IR_VERSION = 8
_TENSOR = b"\x01\x02"
"""How dlib begins a tensor in a file: the whole number 2, its version."""


def build(file: Path) -> ModelProto:
    """The network in dlib's ``file``: ``pixels`` ``(n, 3, 150, 150)``, RGB from 0 to 255, to ``vectors`` ``(n, 128)``.

    Raises :class:`EncoderError` if the file cannot be read or holds another network.
    """
    try:
        tensors = list(_tensors(file.read_bytes()))
    except OSError as error:
        raise EncoderError(f"{file.name} cannot be read: {error.strerror or error}") from error
    try:
        return _Builder(tensors).model()
    except (IndexError, ValueError) as error:
        raise EncoderError(f"{file.name} does not hold dlib's face network; install its package again") from error


def _tensors(content: bytes) -> Iterator[Floats]:
    """The tensors that hold anything, in the order of the file: that of the layers, from the picture on.

    dlib writes a whole number as a byte with the count of those that follow (its highest bit is the sign), and a tensor
    as its version, four sizes and then plain 32-bit floats, lowest byte first.
    """
    place = content.find(_TENSOR)
    while place >= 0:
        sizes, begin = _sizes(content, place + len(_TENSOR))
        count = int(np.prod(sizes)) if sizes else 0
        end = begin + 4 * count
        # What is between tensors has such bytes too, but not with the sizes of a tensor of weights.
        if count and sizes[0] >= _FEWEST and sizes[2:] == [1, 1] and end <= len(content):
            yield np.frombuffer(content, "<f4", count, begin).astype(np.float32)
        else:
            end = place + 1
        place = content.find(_TENSOR, end)


_FEWEST = 64
"""Rows of the smallest tensor of weights, the slopes and offsets of 32 channels; all of these have one column."""


def _sizes(content: bytes, place: int) -> tuple[list[int], int]:
    """Four whole numbers at ``place`` and where they end; no numbers where something else stands there."""
    sizes: list[int] = []
    for _ in range(4):
        if place >= len(content) or not 1 <= content[place] <= 4:
            return [], place
        end = place + 1 + content[place]
        sizes.append(int.from_bytes(content[place + 1 : end], "little"))
        place = end
    return sizes, place


class _Builder:
    """Takes the tensors one after the other as the layers need them."""

    def __init__(self, tensors: list[Floats]) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy_helper = helper, numpy_helper
        self._tensors = tensors
        self._place = 0
        self._nodes: list[object] = []
        self._initializers: list[object] = []

    def model(self) -> ModelProto:
        from onnx import TensorProto

        out, side = self._stem()
        width = LEVELS[0][0]
        for wider, blocks, halves in LEVELS:
            for block in range(blocks):
                out, side = self._block(out, width, wider, side, halved=halves and block == 0)
                width = wider
        out = self._add("Flatten", [self._add("GlobalAveragePool", [out])])
        matrix = self._take(width * DIMENSIONS).reshape(width, DIMENSIONS)
        self._add("MatMul", [out, self._keep("fc", matrix)], name=OUTPUT)
        if self._place != len(self._tensors):
            raise ValueError("there are more layers")
        make = self._helper
        graph = make.make_graph(
            self._nodes,
            "dlib-face",
            [make.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
            [make.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", DIMENSIONS])],
            self._initializers,
        )
        made: ModelProto = make.make_model(graph, opset_imports=[make.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        return made

    def _stem(self) -> tuple[str, int]:
        means = np.array(MEAN, np.float32).reshape(1, 3, 1, 1)
        centred = self._add("Sub", [INPUT, self._keep("means", means)])
        scaled = self._add("Div", [centred, self._keep("scale", np.array(SCALE, np.float32))])
        out = self._add("Relu", [self._convolution(scaled, 3, LEVELS[0][0], kernel=7, stride=2)])
        out = self._add("MaxPool", [out], kernel_shape=[3, 3], strides=[2, 2])
        return out, ((SIDE - 7) // 2 + 1 - 3) // 2 + 1

    def _block(self, before: str, width: int, wider: int, side: int, *, halved: bool) -> tuple[str, int]:
        """Two convolutions beside a short cut. Where sizes differ, dlib's ``add_prev`` fills up with zeros."""
        stride = 2 if halved else 1
        inner = self._add("Relu", [self._convolution(before, width, wider, kernel=3, stride=stride)])
        inner = self._convolution(inner, wider, wider, kernel=3, stride=1)
        if not halved:
            return self._add("Relu", [self._add("Add", [inner, before])]), side
        inner_side, side = (side - 3) // 2 + 1, side // 2
        short = self._add("AveragePool", [before], kernel_shape=[2, 2], strides=[2, 2])
        short = self._fill(short, channels=wider - width)
        inner = self._fill(inner, rows=side - inner_side)
        return self._add("Relu", [self._add("Add", [inner, short])]), side

    def _convolution(self, before: str, width: int, wider: int, *, kernel: int, stride: int) -> str:
        """A convolution with the ``affine`` layer behind it, in one."""
        weights = self._take(wider * width * kernel**2 + wider)
        slope, offset = self._take(2 * wider).reshape(2, wider)
        matrix = weights[:-wider].reshape(wider, width, kernel, kernel) * slope[:, None, None, None]
        name = f"conv{self._place}"
        inputs = [before, self._keep(f"{name}w", matrix), self._keep(f"{name}b", weights[-wider:] * slope + offset)]
        # dlib pads by half the kernel where the stride is 1, and not at all elsewhere.
        pads = [kernel // 2 if stride == 1 else 0] * 4
        return self._add("Conv", inputs, kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads)

    def _fill(self, before: str, *, channels: int = 0, rows: int = 0) -> str:
        """Zeros behind the last channel and beyond the last row and column."""
        if not channels and not rows:
            return before
        pads = np.array([0, 0, 0, 0, 0, channels, rows, rows], np.int64)
        return self._add("Pad", [before, self._keep(f"{before}pads", pads)])

    def _take(self, count: int) -> Floats:
        tensor = self._tensors[self._place]
        if tensor.size != count:
            raise ValueError(f"a layer of {count} numbers was expected, not of {tensor.size}")
        self._place += 1
        return tensor

    def _keep(self, name: str, values: NDArray[np.generic]) -> str:
        self._initializers.append(self._numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(self, operator: str, inputs: list[str], name: str = "", **attributes: Any) -> str:
        name = name or f"{operator}{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name
