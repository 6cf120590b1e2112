using System.Reflection;

namespace ModelBuild.Generator.Tests;

/// <summary>The case <c>Shift</c>, compiled and run: scores = image + [10, 0, −20], whose bias is stored as a mask and two values.</summary>
[TestClass]
public class CompiledClassTests
{
    private const string Caller = """
        using System;
        using System.Linq;
        using Samples;

        public static class Caller
        {
            private static readonly Shift s_model = new();

            public static void Construct(int threads) => new Shift(threads);

            public static float[] Run(float[] image)
            {
                var scores = new float[Shift.Scores.Length];
                s_model.Run(image, scores);
                return scores;
            }

            public static void RunInto(float[] image, float[] scores) => s_model.Run(image, scores);

            public static void RunOverlapping(float[] both) => s_model.Run(both.AsSpan(0, 3), both.AsSpan(2, 3));

            public static float[] RunBatch(int count, float[] images)
            {
                var scores = new float[count * Shift.Scores.Length];
                s_model.RunBatch(count, images, scores);
                return scores;
            }

            public static object[] Classify(float[] image)
            {
                Shift.Label label = s_model.Classify(image, out float score);
                return [s_model.Classify(image).ToString(), label.ToString(), score, Shift.Text(label)];
            }

            public static string Best(float[] image, int count)
            {
                var best = new Shift.Prediction[count];
                return s_model.Classify(image, best) + ": " + string.Join(", ", best.Select(b => b.Label + " " + b.Score));
            }

            public static string Text(int label) => Shift.Text((Shift.Label)label);

            public static string Tensors() => Shift.Image.Name + Shift.Image.Length + string.Join(",", Shift.Image.Shape.ToArray()) + Shift.Scores.Name;

            public static ModelBuild.ModelInfo Info() => Shift.Info;

            public static void Warmup() => s_model.Warmup();

            /// <summary>Methods that calls wait for after a warm-up; this one is compiled already.</summary>
            public static long CompiledAfterWarmup()
            {
                float[] image = [1, 2, 3], scores = new float[3];
                var best = new Shift.Prediction[2];
                s_model.Warmup();
                long before = System.Runtime.JitInfo.GetCompiledMethodCount(currentThread: true);
                s_model.Run(image, scores);
                s_model.RunBatch(1, image, scores);
                s_model.Classify(image);
                s_model.Classify(image, out _);
                s_model.Classify(image, best);
                return System.Runtime.JitInfo.GetCompiledMethodCount(currentThread: true) - before;
            }

            public static long Allocated(int calls)
            {
                float[] image = [1, 2, 3], scores = new float[3];
                var best = new Shift.Prediction[2];
                var batch = new float[9];
                var batchScores = new float[9];
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < calls; i++)
                {
                    s_model.Run(image, scores);
                    s_model.Classify(image, out _);
                    s_model.Classify(image, best);
                    s_model.RunBatch(3, batch, batchScores);
                }
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
        """;

    private static readonly string Version = typeof(ModelInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly Type Model = Load(Plan(), Weights());

    private static PlanFileText Plan()
    {
        PlanFileText plan = GoldenTests.Plan("Shift");
        return new(plan.Path, plan.Text.Replace("tool 0.1.0\n", $"tool {Version}\n"));
    }

    private static byte[] Weights()
    {
        byte[] header = [.. "MODELBLD"u8, .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(204), .. Convert.FromHexString("00112233445566778899aabbccddeeff"), .. new byte[32]];
        return [.. header, 0b101, .. BitConverter.GetBytes(10f), .. BitConverter.GetBytes(-20f), .. new byte[3 + 128]];
    }

    private static Type Load(PlanFileText plan, byte[] weights) => Compiled.Load(plan, weights, Caller).GetType("Caller")!;

    private static T Call<T>(string method, params object[] arguments) => Call<T>(Model, method, arguments);

    private static T Call<T>(Type caller, string method, params object[] arguments) =>
        (T)caller.GetMethod(method)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    [TestMethod]
    public void Run_ComputesWhatThePlanSays() =>
        CollectionAssert.AreEqual(new float[] { 11, 2, -17 }, Call<float[]>("Run", new float[] { 1, 2, 3 }));

    [TestMethod]
    public void RunBatch_GivesEachSampleItsPlace() =>
        CollectionAssert.AreEqual(new float[] { 11, 2, -17, 14, 5, -14 }, Call<float[]>("RunBatch", 2, new float[] { 1, 2, 3, 4, 5, 6 }));

    [TestMethod]
    public void RunBatch_DoesNothing_WhenThereAreNoSamples() => Assert.IsEmpty(Call<float[]>("RunBatch", 0, Array.Empty<float>()));

    [TestMethod]
    public void Classify_ReturnsTheBest() =>
        CollectionAssert.AreEqual(new object[] { "GoldenRetriever", "GoldenRetriever", 15f, "golden retriever" }, Call<object[]>("Classify", new float[] { 1, 15, 3 }));

    [TestMethod]
    [DataRow(1, "1: GoldenRetriever 15")]
    [DataRow(2, "2: GoldenRetriever 15, Cat 11")]
    [DataRow(5, "3: GoldenRetriever 15, Cat 11, _7 -17, Cat 0, Cat 0")]
    [DataRow(0, "0: ")]
    public void Classify_FillsAsManyAsThereAre(int count, string expected) => Assert.AreEqual(expected, Call<string>("Best", new float[] { 1, 15, 3 }, count));

    [TestMethod]
    public void Text_Throws_WhenThereIsNoSuchClass() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Call<string>("Text", 3));

    [TestMethod]
    public void TensorClasses_SayNameLengthAndShape() => Assert.AreEqual("image31,3scores", Call<string>("Tensors"));

    [TestMethod]
    public void Run_NamesTensorShapeAndLength_WhenASpanHasAnotherLength()
    {
        var input = Assert.ThrowsExactly<ArgumentException>(() => Call<object>("RunInto", new float[2], new float[3]));
        Assert.AreEqual("'image' has the shape [1, 3], 3 elements; the span has 2. (Parameter 'image')", input.Message);
        var output = Assert.ThrowsExactly<ArgumentException>(() => Call<object>("RunInto", new float[3], new float[4]));
        Assert.AreEqual("'scores' has the shape [1, 3], 3 elements; the span has 4. (Parameter 'scores')", output.Message);
    }

    [TestMethod]
    public void RunBatch_NamesCountAndLength_WhenASpanHasAnotherLength()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Call<object>("RunBatch", 2, new float[5]));
        Assert.AreEqual("2 samples of 'image' [1, 3] are 6 elements; the span has 5. (Parameter 'images')", error.Message);
    }

    [TestMethod]
    public void Run_NamesBothTensors_WhenTheirSpansOverlap()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Call<object>("RunOverlapping", new float[5]));
        Assert.AreEqual("The span for 'scores' (3 elements) overlaps the one for 'image' (3 elements). (Parameter 'scores')", error.Message);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "Debug")]
    [DataRow(true, DisplayName = "Release")]
    public void Run_AllocatesNothing_HoweverTheProjectIsBuilt(bool optimize)
    {
        Type model = Compiled.Load(Plan(), Weights(), Caller, optimize).GetType("Caller")!;
        Call<object>(model, "Warmup");
        Call<long>(model, "Allocated", 1000);
        Assert.AreEqual(0, Call<long>(model, "Allocated", 1000));
    }

    [TestMethod]
    public void Warmup_LeavesNothingToCompile() =>
        Assert.AreEqual(0, Call<long>(Compiled.Load(Plan(), Weights(), Caller).GetType("Caller")!, "CompiledAfterWarmup"));

    [TestMethod]
    public void Run_GivesEachThreadItsOwnAnswer_WhenManyShareAnInstance() => Parallel.For(0, 20_000, i =>
    {
        float[] scores = Call<float[]>("Run", new float[] { i, -i, 2 * i });
        Assert.IsTrue(scores is [var a, var b, var c] && a == i + 10 && b == -i && c == 2 * i - 20);
    });

    [TestMethod]
    public void Run_AllocatesNothing_WhenManyThreadsShareAnInstance()
    {
        long[] allocated = new long[8];
        for (int round = 0; round < 2; round++)
        {
            Thread[] threads = [.. Enumerable.Range(0, allocated.Length).Select(t => new Thread(() => allocated[t] = Call<long>("Allocated", 5000)))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
        }
        // An arena is made when more calls run at once than ever before: at most one a thread over all rounds, so some thread had none.
        Assert.AreEqual(0, allocated.Min());
    }

    [TestMethod]
    public void Construction_Throws_WhenThereAreNoThreads() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Call<object>("Construct", 0));

    [TestMethod]
    public void Info_SaysWhereTheClassComesFrom()
    {
        ModelInfo info = Call<ModelInfo>("Info");
        Assert.AreEqual("shift.onnx", info.SourceFile);
        Assert.AreEqual("prune(0.3) | quantize(fp16)", info.Recipe);
        Assert.AreEqual(0.9861, info.AccuracyBefore);
        Assert.AreEqual(0.985, info.AccuracyAfter);
        Assert.AreEqual((204, 64), (info.WeightsBytes, info.ExpandedBytes));
        Assert.HasCount(3, info.Facts);
        Assert.IsTrue(info.Verify());
    }

    [TestMethod]
    public void Verify_IsFalse_WhenAByteOfTheWeightsIsAnother()
    {
        byte[] weights = Weights();
        weights[66]++;
        Assert.IsFalse(Call<ModelInfo>(Load(Plan(), weights), "Info").Verify());
    }

    [TestMethod]
    [DataRow(0, "is no weights resource of ModelBuild")]
    [DataRow(8, "are of format 0, and this ModelBuild.Runtime reads 1")]
    [DataRow(12, "belong to another build of the model than the class")]
    [DataRow(31, "belong to another build of the model than the class")]
    public void Construction_SaysWhatToDo_WhenTheWeightsAreNotThePlans(int corrupt, string message)
    {
        byte[] weights = Weights();
        weights[corrupt] ^= 1;
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Call<object>(Load(Plan(), weights).Assembly.GetType("Samples.Shift")!));
        StringAssert.Contains(error.Message, message);
        StringAssert.Contains(error.Message, "Rebuild the project that contains the model");
    }

    [TestMethod]
    public void Construction_SaysWhatToDo_WhenTheLengthDiffers()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Call<object>(Load(Plan(), [.. Weights(), 0]).Assembly.GetType("Samples.Shift")!));
        StringAssert.Contains(error.Message, "have 205 bytes, and the class was generated for 204");
    }

    [TestMethod]
    public void Construction_NamesBothVersions_WhenTheRuntimeIsAnother()
    {
        PlanFileText plan = new("shift.plan", Plan().Text.Replace($"tool {Version}\n", "tool 9.9.9\n"));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Call<object>(Load(plan, Weights()).Assembly.GetType("Samples.Shift")!));
        StringAssert.Contains(error.Message, "generated by ModelBuild 9.9.9, and ModelBuild.Runtime " + Version.Split('+')[0]);
    }

    /// <summary>Constructs.</summary>
    private static T Call<T>(Type model) => (T)model.GetConstructor([typeof(int)])!.Invoke(BindingFlags.DoNotWrapExceptions, null, [1], null);
}
