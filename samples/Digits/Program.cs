using System.Diagnostics;
using System.Globalization;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;

// The generated class: made of models/digits.onnx while this project was built.
var model = new Digits();
TestSet test = TestSet.Read(Path.Combine(AppContext.BaseDirectory, "data/digits.npz"), from: 300);

var image = new float[Digits.Image.Length];
var scores = new float[Digits.Scores.Length];

// One of each.
int[] shown = [.. Enumerable.Range(0, 10).Select(digit => Enumerable.Range(0, test.Count).First(i => test.Label(i) == digit))];
foreach (int[] row in shown.Chunk(5))
{
    foreach (string line in Picture.SideBySide([.. row.Select(test.Pixels)]))
        Console.WriteLine(line);
    Console.WriteLine(string.Concat(row.Select(i =>
    {
        // Pixels as they are, 0 to 16: Scale="1/16" of the project file is part of the class.
        var label = model.Classify(test.Pixels(i), out float score);
        string text = $"{Digits.Text(label)} {score:P0}{((int)label == test.Label(i) ? "" : $" (is {test.Label(i)})")}";
        return text.PadRight(Picture.Width);
    })));
    Console.WriteLine();
}

int right = 0;
for (int i = 0; i < test.Count; i++)
{
    test.Read(i, image);
    right += (int)model.Classify(image) == test.Label(i) && model.Classify(test.Pixels(i)) == model.Classify(image) ? 1 : 0;
}
var info = Digits.Info;
long file = new FileInfo(Path.Combine(AppContext.BaseDirectory, "models/digits.onnx")).Length;
Console.WriteLine($"size      {file,8:N0} → {info.WeightsBytes:N0} bytes ({(double)file / info.WeightsBytes:0.0}× smaller), {info.Recipe}");
Console.WriteLine($"accuracy  {info.AccuracyBefore,8:P2} → {info.AccuracyAfter:P2}; here {right} of {test.Count} right");

using var other = new OnnxRuntimeDigits(Path.Combine(AppContext.BaseDirectory, "models/digits.onnx"));
double ours = double.MaxValue, theirs = double.MaxValue;
for (int round = 0; round < 100; round++)
{
    // In turn, and the best of many rounds: neither the just-in-time compiler nor what else the machine does should decide.
    ours = Math.Min(ours, Microseconds(() => model.Run(image, scores)));
    theirs = Math.Min(theirs, Microseconds(() => other.Run(image, scores)));
}
long before = GC.GetAllocatedBytesForCurrentThread();
for (int i = 0; i < 1000; i++)
    model.Run(image, scores);
long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
Console.WriteLine($"time      {ours,8:0.0} µs a call; ONNX Runtime takes {theirs:0.0} µs for the float model, {theirs / ours:0.0}× as long");
Console.WriteLine($"allocated {allocated,8} bytes in 1,000 calls");
return allocated == 0 && right >= 0.98 * test.Count ? 0 : 1;

static double Microseconds(Action action)
{
    const int calls = 500;
    action();
    long start = Stopwatch.GetTimestamp();
    for (int i = 0; i < calls; i++)
        action();
    return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
}
