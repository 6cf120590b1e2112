"""Trains the digits model and writes ../models/digits.onnx and ../data/digits.npz. See README.md beside this file."""

import math
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

SEED, TEST, CALIBRATION = 7, 450, 300
EPOCHS, BATCH, RATE, DECAY = 120, 64, 4e-3, 2e-2
SAMPLE = Path(__file__).resolve().parent.parent


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU())


class Separable(nn.Module):
    """A 3x3 filter in each channel, then a 1x1 mix of all channels."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.depthwise = conv(inputs, inputs, 3, stride, groups=inputs)
        self.pointwise = conv(inputs, outputs, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Digits(nn.Module):
    """Takes pixels in 0..1. Gives logits while training, probabilities afterwards."""

    def __init__(self):
        super().__init__()
        self.stem = conv(1, 16, 3)
        self.block1 = Separable(16, 64)
        self.block2 = Separable(64, 64, stride=2)
        self.block3 = Separable(64, 64)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(64, 10)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.stem(x))))
        x = self.classifier(self.flatten(self.pool(x)))
        return x if self.training else self.softmax(x)


def jitter(images):
    """Turns, scales and shifts each image a little: up to about 10 degrees, 10 % and three quarters of a pixel."""
    n = len(images)
    uniform = lambda limit: (torch.rand(n) * 2 - 1) * limit
    angle, scale = uniform(math.pi / 18), 1 + uniform(0.1)
    cos, sin = scale * torch.cos(angle), scale * torch.sin(angle)
    maps = torch.stack([cos, -sin, uniform(0.19), sin, cos, uniform(0.19)], 1).view(n, 2, 3)
    return F.grid_sample(images, F.affine_grid(maps, images.shape, align_corners=False), align_corners=False)


def train(images, labels):
    model = Digits()
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=DECAY)
    steps = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, EPOCHS * steps)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(images))[:steps * BATCH].view(steps, BATCH):
            loss = F.cross_entropy(model(jitter(images[chosen])), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(1) == labels).double().mean().item()


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(1)

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(SEED).permutation(len(pixels))
    pixels = pixels[order].reshape(-1, 1, 8, 8).astype(np.uint8)
    labels = labels[order].astype(np.uint8)
    images, classes = torch.from_numpy(pixels).float() / 16, torch.from_numpy(labels).long()

    # The last TEST samples of the shuffled set are never trained on.
    model = train(images[:-TEST], classes[:-TEST])
    print(f"train accuracy  {accuracy(model, images[:-TEST], classes[:-TEST]):.4f}")
    print(f"test accuracy   {accuracy(model, images[-TEST:], classes[-TEST:]):.4f}")

    torch.onnx.export(
        model, images[:1], str(SAMPLE / "models/digits.onnx"), opset_version=13,
        input_names=["image"], output_names=["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})

    kept = np.r_[0:CALIBRATION, len(pixels) - TEST:len(pixels)]
    np.savez_compressed(SAMPLE / "data/digits.npz", image=pixels[kept], labels=labels[kept])


if __name__ == "__main__":
    main()
