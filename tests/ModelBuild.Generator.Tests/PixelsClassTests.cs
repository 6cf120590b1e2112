using System.Reflection;

namespace ModelBuild.Generator.Tests;

/// <summary>The case <c>Pixels</c>, compiled and run: scores = image · gain, where the image may also come as bytes of three channels.</summary>
[TestClass]
public class PixelsClassTests
{
    private const string Caller = """
        using System;
        using Samples;

        public static class Caller
        {
            private static readonly Camera s_model = new();

            public static float[] Floats(float[] image, float gain)
            {
                var scores = new float[6];
                s_model.Run(image, [gain], scores);
                return scores;
            }

            public static float[] Bytes(byte[] pixels, float gain)
            {
                var scores = new float[6];
                s_model.Run(pixels, [gain], scores);
                return scores;
            }

            public static float[] Batch(byte[] pixels, float[] gains)
            {
                var scores = new float[6 * gains.Length];
                s_model.RunBatch(gains.Length, pixels, gains, scores);
                return scores;
            }

            public static string Classes(byte[] pixels, float[] image)
            {
                Span<Camera.Prediction> best = new Camera.Prediction[2];
                s_model.Classify(pixels, [1], best);
                return $"{s_model.Classify(pixels, [1])} {s_model.Classify(pixels, [1], out float score)} {score} {best[0].Label} {best[1].Label}; {s_model.Classify(image, [1])}";
            }

            public static long Allocated(int calls)
            {
                byte[] pixels = [1, 2, 3, 4, 5, 6];
                float[] gain = [1], scores = new float[6];
                s_model.Warmup();
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < calls; i++)
                {
                    s_model.Run(pixels, gain, scores);
                    s_model.RunBatch(1, pixels, gain, scores);
                    s_model.Classify(pixels, gain);
                }
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
        """;

    private static readonly byte[] Pixels = [0, 128, 255, 77, 3, 200];

    private static readonly double[] Mean = [0.485, 0.456, 0.406], Std = [0.229, 0.224, 0.225];

    // As a build makes numbers of its data: in double precision, rounded once.
    private static readonly float[] Numbers = [.. Pixels.Select((x, i) => (float)((x * (1 / 255.0) - Mean[i % 3]) / Std[i % 3]))];

    private static readonly Type Model = Load();

    private static Type Load()
    {
        PlanFileText plan = GoldenTests.Plan("Pixels");
        string version = typeof(ModelInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        byte[] weights = [.. "MODELBLD"u8, .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(204), .. Convert.FromHexString("00112233445566778899aabbccddeeff"), .. new byte[204 - 32]];
        return Compiled.Load(new(plan.Path, plan.Text.Replace("tool 0.1.0\n", $"tool {version}\n")), weights, Caller).GetType("Caller")!;
    }

    private static T Call<T>(string method, params object[] arguments) => (T)Model.GetMethod(method)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    [TestMethod]
    public void Run_TakesBytes_AsTheBuildTakesItsData()
    {
        CollectionAssert.AreEqual(Call<float[]>("Floats", Numbers, 0.5f), Call<float[]>("Bytes", Pixels, 0.5f));
        CollectionAssert.AreEqual(Numbers, Call<float[]>("Bytes", Pixels, 1f));
    }

    [TestMethod]
    public void RunBatch_TakesBytes_SampleAfterSample() => CollectionAssert.AreEqual(
        Numbers.Concat(Call<float[]>("Floats", Numbers.Select((_, i) => Numbers[i]).ToArray(), 2f)).ToArray(), Call<float[]>("Batch", (byte[])[.. Pixels, .. Pixels], (float[])[1, 2]));

    [TestMethod]
    public void Classify_TakesBytes()
    {
        float[] order = [.. Numbers.OrderDescending()];
        string first = "ABCDEF"[Array.IndexOf(Numbers, order[0])].ToString(), second = "ABCDEF"[Array.IndexOf(Numbers, order[1])].ToString();
        Assert.AreEqual($"{first} {first} {order[0]} {first} {second}; {first}", Call<string>("Classes", Pixels, Numbers));
    }

    [TestMethod]
    public void Bytes_AreCounted() =>
        Assert.AreEqual("'image' has the shape [1, 2, 3], 6 elements; the span has 5. (Parameter 'pixels')", Assert.ThrowsExactly<ArgumentException>(() => Call<object>("Bytes", new byte[5], 1f)).Message);

    [TestMethod]
    public void Bytes_AllocateNothing()
    {
        Call<long>("Allocated", 1000);
        Assert.AreEqual(0, Call<long>("Allocated", 1000));
    }

    [TestMethod]
    [DataRow("pixels 0 1 ", "pixels 1 2 ", "'image'")]
    [DataRow("pixels 0 1 0.00392156862745098", "pixels 0 1 x", "'x' is no number")]
    [DataRow("pixels 0 1 0.00392156862745098", "pixels 0 1 ;evil();", "is no number")]
    [DataRow("pixels 0 1 0.00392156862745098", "pixels 0 1", "three numbers a channel are needed")]
    [DataRow("pixels 0 1 ", "pixels 0 4 ", "no 3 channels of 4")]
    [DataRow("pixels 0 1 ", "pixels 7 1 ", "bytes can't become the input 7")]
    public void Plan_IsRefused_WhenItsPixelsAreWrong(string right, string wrong, string why)
    {
        PlanFileText plan = GoldenTests.Plan("Pixels");
        string text = plan.Text.Replace(right, wrong);
        Assert.AreNotEqual(plan.Text, text);
        if (why == "'image'")
            text = text.Replace("input Gain f32", "input Gain i32");
        string told = string.Join('\n', Compiled.Generate(new PlanFileText(plan.Path, text)).Diagnostics);
        StringAssert.Contains(told, why == "'image'" ? "bytes can't become the input 1" : why);
    }
}
