using Microsoft.ML.OnnxRuntime;
using Start;

float[] image = new float[64], scores = new float[10];
Image.Read(image);
// One thread: the others' start would come on top.
using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
using var session = new InferenceSession(Path.Combine(AppContext.BaseDirectory, "digits.onnx"), options);
using OrtValue input = OrtValue.CreateTensorValueFromMemory(image, [1, 1, 8, 8]), output = OrtValue.CreateTensorValueFromMemory(scores, [1, 10]);
using var run = new RunOptions();
session.Run(run, ["image"], [input], ["scores"], [output]);
return Image.Best(scores);
