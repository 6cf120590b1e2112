using System.Globalization;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;

// The generated class: an LSTM and a Dense layer, made of models/forecast.h5 while this project was built.
var model = new Forecast();
float[] hours = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "data/hours.csv")).Select(float.Parse)];
const int Day = 24;

Span<float> next = stackalloc float[Forecast.Next.Length];
Console.WriteLine("hour     was  forecast");
double wrong = 0, yesterday = 0;
int count = hours.Length - Day;
for (int i = 0; i < count; i++)
{
    // The last day is all that the model sees.
    model.Run(hours.AsSpan(i, Day), next);
    float actual = hours[i + Day];
    wrong += Math.Abs(next[0] - actual) / count;
    yesterday += Math.Abs(hours[i] - actual) / count;
    if (i >= count - Day)
        Console.WriteLine($"{i % Day,2}:00  {actual,5:0.00}  {next[0],5:0.00}  {new string('█', (int)(Math.Max(0, next[0]) * 30))}");
}
Console.WriteLine($"error     {wrong:0.000} an hour on {count} hours that it was not trained on; {yesterday:0.000} for the same hour of the day before");
Console.WriteLine($"size      {Forecast.Info.WeightsBytes:N0} bytes, {Forecast.Info.Recipe}");

long before = GC.GetAllocatedBytesForCurrentThread();
for (int i = 0; i < 1000; i++)
    model.Run(hours.AsSpan(0, Day), next);
long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
Console.WriteLine($"allocated {allocated} bytes in 1,000 calls");
return allocated == 0 && wrong < yesterday / 2 ? 0 : 1;
