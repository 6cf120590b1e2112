using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;

if (args is ["--write-calibration", var file])
{
    Calibration.Write(file);
    return 0;
}

// The generated class: made of the package's ResNet18.onnx while this project was built.
var model = new ResNet18();
var image = new float[ResNet18.Input247.Length];
(string Name, float[] Features)[] pictures = [.. Scene.Subjects.SelectMany(subject => (int[])[1, 2], (subject, seed) => ($"{subject} {seed}", Features(subject, seed)))];

Console.WriteLine("Similarity of two variants of four subjects, by the angle between their 512 features:\n");
Console.WriteLine(new string(' ', 12) + string.Concat(pictures.Select(p => p.Name.PadLeft(10))));
foreach (var (name, features) in pictures)
    Console.WriteLine(name.PadRight(12) + string.Concat(pictures.Select(p => Similarity(features, p.Features).ToString("0.00").PadLeft(10))));

int paired = pictures.Count(p => pictures.Where(other => other.Name != p.Name).MaxBy(other => Similarity(p.Features, other.Features)).Name[..^2] == p.Name[..^2]);
Console.WriteLine($"\n{paired} of {pictures.Length} pictures are most similar to the other one of their subject.\n");

var info = ResNet18.Info;
long size = new FileInfo(typeof(Scene).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Model").Value!).Length;
Console.WriteLine($"size      {size:N0} → {info.WeightsBytes:N0} bytes ({(double)size / info.WeightsBytes:0.0}× smaller), {info.Recipe}");
int threads = Environment.ProcessorCount;
Console.WriteLine($"time      {Milliseconds(model):0.0} ms a picture on one thread, {Milliseconds(new ResNet18(threads)):0.0} ms on {threads}");
return paired == pictures.Length ? 0 : 1;

float[] Features(string subject, int seed)
{
    // As the model was trained: less the means, of blue, green and red.
    float[] means = [103.06f, 115.9f, 123.15f];
    byte[] pixels = Scene.Draw(subject, seed);
    for (int i = 0; i < pixels.Length; i++)
        image[i] = pixels[i] - means[i / (Scene.Size * Scene.Size)];
    var features = new float[ResNet18.Pooling395Output0.Length];
    model.Run(image, features);
    return features;
}

static double Similarity(float[] a, float[] b) =>
    a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));

double Milliseconds(ResNet18 resNet)
{
    var features = new float[ResNet18.Pooling395Output0.Length];
    double best = double.MaxValue;
    for (int i = 0; i < 20; i++)
    {
        long start = Stopwatch.GetTimestamp();
        resNet.Run(image, features);
        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    return best;
}
