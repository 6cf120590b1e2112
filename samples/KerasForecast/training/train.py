"""Trains the forecast and writes ../models/forecast.h5, ../data/hours.csv and ../data/reference.npz. See README.md beside this file."""

import json
from pathlib import Path

import h5py
import numpy as np

SEED, DAYS, TEST, STEPS, UNITS = 3, 140, 28, 24, 12
EPOCHS, BATCH, RATE = 60, 64, 5e-3
SAMPLE = Path(__file__).resolve().parent.parent


def hours(rng):
    """Made-up rentals an hour: two rush hours on working days, one hump on others, weather that changes slowly."""
    t = np.arange(DAYS * 24)
    hour, working = t % 24, (t // 24) % 7 < 5
    rush = np.exp(-(hour - 8) ** 2 / 3) + 1.2 * np.exp(-(hour - 17.5) ** 2 / 5)
    hump = 0.9 * np.exp(-(hour - 14) ** 2 / 14)
    weather = np.convolve(rng.standard_normal(len(t) + 47), np.ones(48) / 48 ** 0.5, "valid") * 0.15 + 1
    return np.clip((np.where(working, rush, hump) + 0.05) * weather + 0.03 * rng.standard_normal(len(t)), 0, None).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(weights, x):
    """Keras's LSTM (gates i, f, c, o) and Dense, in the type of x; all that the way back needs."""
    w, r, b, v, c = weights
    h, m, tape = np.zeros((len(x), UNITS), x.dtype), np.zeros((len(x), UNITS), x.dtype), []
    for t in range(x.shape[1]):
        gates = x[:, t] @ w + h @ r + b
        i, f, o = (sigmoid(gates[:, k * UNITS:(k + 1) * UNITS]) for k in (0, 1, 3))
        g = np.tanh(gates[:, 2 * UNITS:3 * UNITS])
        before, m = m, f * m + i * g
        tape.append((h, before, m, i, f, g, o))
        h = o * np.tanh(m)
    return h @ v + c, h, tape


def gradients(weights, x, y):
    w, r, b, v, c = weights
    out, h, tape = forward(weights, x)
    d = 2 * (out - y) / len(x)
    dw, dr, db, dv, dc = np.zeros_like(w), np.zeros_like(r), np.zeros_like(b), h.T @ d, d.sum(0)
    dh, dm = d @ v.T, 0
    for t in reversed(range(x.shape[1])):
        h, before, m, i, f, g, o = tape[t]
        dm = dm + dh * o * (1 - np.tanh(m) ** 2)
        dg = np.concatenate([dm * g * i * (1 - i), dm * before * f * (1 - f), dm * i * (1 - g ** 2), dh * np.tanh(m) * o * (1 - o)], 1)
        dw, dr, db = dw + x[:, t].T @ dg, dr + h.T @ dg, db + dg.sum(0)
        dh, dm = dg @ r.T, dm * f
    return dw, dr, db, dv, dc


def train(x, y, rng):
    weights = [rng.uniform(-1, 1, s) * (6 / sum(s)) ** 0.5 for s in ((1, 4 * UNITS), (UNITS, 4 * UNITS))]
    weights += [np.repeat([0.0, 1.0, 0.0, 0.0], UNITS), rng.uniform(-1, 1, (UNITS, 1)) * 0.5, np.zeros(1)]
    first, second, step = [np.zeros_like(p) for p in weights], [np.zeros_like(p) for p in weights], 0
    for epoch in range(EPOCHS):
        for batch in np.split(rng.permutation(len(x))[:len(x) // BATCH * BATCH], len(x) // BATCH):
            step += 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
            for k, g in enumerate(gradients(weights, x[batch], y[batch])):
                first[k], second[k] = 0.9 * first[k] + 0.1 * g, 0.999 * second[k] + 0.001 * g * g
                weights[k] = weights[k] - rate * first[k] / (1 - 0.9 ** step) / (np.sqrt(second[k] / (1 - 0.999 ** step)) + 1e-8)
    return weights


def save(path, weights):
    """What model.save("forecast.h5") of Keras 2 writes, without the optimizer."""
    w, r, b, v, c = (p.astype(np.float32) for p in weights)
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, STEPS, 1], "dtype": "float32", "name": "hours"}},
        {"class_name": "LSTM", "config": {"name": "lstm", "units": UNITS, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True, "return_sequences": False}},
        {"class_name": "Dense", "config": {"name": "next", "units": 1, "activation": "linear", "use_bias": True}}]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = "2.4.0", "tensorflow"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "forecast", "layers": layers}})
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"hours", b"lstm", b"next"]
        for layer, named in (("hours", {}), ("lstm", {"lstm_cell/kernel:0": w, "lstm_cell/recurrent_kernel:0": r, "lstm_cell/bias:0": b}), ("next", {"kernel:0": v, "bias:0": c})):
            one = group.create_group(layer)
            one.attrs["weight_names"] = np.array([f"{layer}/{name}".encode() for name in named], "S")
            for name, value in named.items():
                one.create_dataset(f"{layer}/{name}", data=value)


rng = np.random.default_rng(SEED)
series = hours(rng)
windows = np.lib.stride_tricks.sliding_window_view(series, STEPS + 1)
x, y = windows[:, :STEPS, None].astype(np.float64), windows[:, STEPS:].astype(np.float64)
cut = len(series) - TEST * 24 - STEPS
weights = train(x[:cut], y[:cut], rng)
weights = [p.astype(np.float32).astype(np.float64) for p in weights]
out = forward(weights, x)[0]
print("training", np.abs(out - y)[:cut].mean(), "test", np.abs(out - y)[cut:].mean(), "same hour yesterday", np.abs(x[cut:, 0] - y[cut:]).mean())
save(SAMPLE / "models/forecast.h5", weights)
np.savetxt(SAMPLE / "data/hours.csv", series[cut:], "%.4f")
np.savez(SAMPLE / "data/reference.npz", input=x[cut:cut + 64].astype(np.float32), output=out[cut:cut + 64].astype(np.float32))
