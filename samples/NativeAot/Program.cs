using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.Intrinsics;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;

// The first thing that this program does is to recognize something.
long begun = Stopwatch.GetTimestamp();
var model = new Digits();
var image = new float[Digits.Image.Length];
model.Classify(image);
TimeSpan first = Stopwatch.GetElapsedTime(begun), sinceStart = DateTime.Now - Process.GetCurrentProcess().StartTime;

TestSet test = TestSet.Read(Path.Combine(AppContext.BaseDirectory, "data/digits.npz"), from: 300);
int right = 0;
for (int i = 0; i < test.Count; i++)
{
    test.Read(i, image);
    right += (int)model.Classify(image) == test.Label(i) ? 1 : 0;
}

const int rounds = 20, calls = 500;
double best = double.MaxValue;
long before = GC.GetAllocatedBytesForCurrentThread();
for (int round = 0; round < rounds; round++)
{
    long start = Stopwatch.GetTimestamp();
    for (int i = 0; i < calls; i++)
        model.Classify(image);
    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls);
}
long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

string code = JitInfo.GetCompiledMethodCount() > 0 ? "compiled just in time" : "native";
int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
Console.WriteLine($"code      {code}, vectors of {bits} bits");
Console.WriteLine($"start     {first.TotalMilliseconds:0.0} ms to make the model and classify; {sinceStart.TotalMilliseconds:0} ms since the process started");
Console.WriteLine($"accuracy  {right} of {test.Count} right");
Console.WriteLine($"time      {best:0.0} µs a call");
Console.WriteLine($"allocated {allocated} bytes in {rounds * calls:N0} calls");
return allocated == 0 && right >= 0.98 * test.Count ? 0 : 1;
