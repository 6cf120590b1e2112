using System.IO.Compression;
using Google.Protobuf;
using ModelBuild.Engine.Onnx;
using ModelBuild.Generator.Tests;

namespace ModelBuild.Engine.Tests;

/// <summary>Backend="OnnxRuntime": the class of a model, compiled, over ONNX Runtime.</summary>
[TestClass]
public class BackendTests
{
    private static readonly string Digits = Path.Combine(Fixtures.Repository, "samples", "Digits");

    private static readonly CompileRequest Request = new(
        Path.Combine(Digits, "models", "digits.onnx"), "Digits", "Samples", "", Path.Combine(Digits, "data", "digits.npz[0..300]"), Path.Combine(Digits, "data", "digits.npz[300..400]"), Scale: "1/16",
        Labels: Path.Combine(Digits, "data", "labels.txt"), Export: "onnx", Resource: "ModelBuild.Samples.Digits.weights");

    private const string Caller = """
        using System;
        using Samples;

        namespace Samples
        {
            public partial class Digits
            {
                public static int Configured;

                static partial void ConfigureSession(Microsoft.ML.OnnxRuntime.SessionOptions options) => Configured = options.IntraOpNumThreads;
            }
        }

        public static class Caller
        {
            private static readonly Digits s_model = new(threads: 1);

            public static int Configured => Digits.Configured;

            public static ModelBuild.ModelInfo Info => Digits.Info;

            public static float[] Run(float[] image)
            {
                var scores = new float[Digits.Scores.Length];
                s_model.Run(image, scores);
                return scores;
            }

            public static float[] RunBatch(int count, float[] images)
            {
                var scores = new float[count * Digits.Scores.Length];
                s_model.RunBatch(count, images, scores);
                return scores;
            }

            public static string Classify(byte[] pixels)
            {
                var best = new Digits.Prediction[2];
                s_model.Classify(pixels, best);
                return $"{Digits.Text(s_model.Classify(pixels))} {best[0].Label}";
            }

            public static float[] RunOn(int threads, float[] image)
            {
                var scores = new float[Digits.Scores.Length];
                new Digits(threads).Run(image, scores);
                return scores;
            }

            public static void New() => new Digits().Warmup();

            public static long Allocated(int calls)
            {
                float[] image = new float[Digits.Image.Length], scores = new float[Digits.Scores.Length];
                var pixels = new byte[Digits.Image.Length];
                var best = new Digits.Prediction[3];
                s_model.Warmup();
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < calls; i++)
                {
                    s_model.Run(image, scores);
                    s_model.Run(pixels, scores);
                    s_model.Classify(image, best);
                    s_model.RunBatch(1, image, scores);
                }
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
        """;

    [TestMethod]
    [DataRow("")]
    [DataRow("quantize(int8)")]
    [DataRow("quantize(fp16)")]
    public void Class_AnswersAsOurKernelsDo_AndAllocatesNothing(string recipe)
    {
        CompileResult plain = Compile(Request with { Recipe = recipe }), session = Compile(Request with { Recipe = recipe, Backend = "onnxruntime" });
        Plan plan = PlanText.Parse(session.PlanText), other = PlanText.Parse(plain.PlanText);
        Assert.AreEqual((other.Inputs, other.Outputs, other.Labels, other.Batch, other.Pixels), (plan.Inputs, plan.Outputs, plan.Labels, plan.Batch, plan.Pixels));
        Assert.IsTrue(plan.IsByOnnxRuntime && plan.Calls.Count == 0);
        CollectionAssert.AreEqual(session.Files["digits.onnx"], session.Weights[64..]);

        Type caller = Load(session, Caller);
        var run = caller.GetMethod("Run")!.CreateDelegate<Func<float[], float[]>>();
        using var runner = new PlanRunner(other, plain.Weights);
        Shape shape = Shape.Of(plan.Inputs[0].Shape);
        var random = new Random(1);
        float[][] images = [.. Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, shape.Size).Select(_ => random.NextSingle()).ToArray())];
        float[][] expected = [.. images.Select(i => runner.Run([Tensor.Of(shape, i)])[0].F32.ToArray())];
        for (int i = 0; i < images.Length; i++)
        {
            float[] scores = run(images[i]);
            for (int c = 0; c < scores.Length; c++)
                Assert.AreEqual(expected[i][c], scores[c], recipe == "quantize(int8)" ? 0.02 : 1e-5);
        }
        CollectionAssert.AreEqual(images.SelectMany(run).ToArray(), (float[])caller.GetMethod("RunBatch")!.Invoke(null, [images.Length, images.SelectMany(i => i).ToArray()])!);
        Parallel.For(0, 400, i => CollectionAssert.AreEqual(run(images[i % images.Length]), run(images[i % images.Length])));

        var allocated = caller.GetMethod("Allocated")!.CreateDelegate<Func<int, long>>();
        allocated(100);
        Assert.AreEqual(0, Enumerable.Range(0, 3).Min(_ => allocated(200)));
        Assert.AreEqual(1, caller.GetProperty("Configured")!.GetValue(null));
        float[] onTwo = (float[])caller.GetMethod("RunOn")!.Invoke(null, [2, images[0]])!;
        for (int c = 0; c < onTwo.Length; c++)
            Assert.AreEqual(run(images[0])[c], onTwo[c], 1e-5);
        Assert.AreEqual(Math.Min(2, Environment.ProcessorCount), caller.GetProperty("Configured")!.GetValue(null));
        var info = (ModelInfo)caller.GetProperty("Info")!.GetValue(null)!;
        Assert.IsTrue(info.Verify());
        Assert.AreEqual(session.Weights.Length, info.WeightsBytes);
        StringAssert.Matches((string)caller.GetMethod("Classify")!.Invoke(null, [new byte[shape.Size]])!, new("^\\w+ \\w+$"));
    }

    [TestMethod]
    public void Instances_GoWithTheCollector()
    {
        Type caller = Load(Compile(Request with { Backend = "OnnxRuntime" }), Caller);
        for (int i = 0; i < 50; i++)
        {
            caller.GetMethod("New")!.Invoke(null, null);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [TestMethod]
    public void Report_IsOfTheEmbeddedFile()
    {
        CompileResult result = Compile(Request with { Recipe = "quantize(int8)", Backend = "OnnxRuntime", MaxSize = "2KB", Measure = "true" });
        Report report = Report.Parse(result.Files["report.json"]);
        Assert.AreEqual(result.Weights.Length, report.WeightsBytes);
        Assert.IsTrue(report.Measurement.AccuracyAfter > 0.95 && report.Microseconds!.After > 0 && report.Import == "proved");
        Assert.IsTrue(report.Layers.Sum(l => l.Bytes) is var bytes && bytes > 10_000 && bytes < result.Weights.Length);
        Assert.IsTrue(report.Layers.All(l => l.Kernel == "ONNX Runtime" && l.Bytes < l.BytesBefore));
        Assert.AreEqual("MB3002", result.Diagnostics.Single().Id);
    }

    [TestMethod]
    public void Outline_HasTheSameSignature()
    {
        string outline = Outline.Of(Request with { Backend = "OnnxRuntime" });
        StringAssert.Contains(outline, "\nbackend OnnxRuntime\n");
        Assert.AreEqual(PlanText.Parse(outline).Inputs, PlanText.Parse(Outline.Of(Request)).Inputs);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Model_IsRunAsItIs_WhenItCantBeImported(bool external) => InFolder(folder =>
    {
        string file = Unsupported(folder, external);
        CompileRequest request = new(file, "Dets", "Models", Export: "onnx", Resource: "dets", Measure: "true");
        Assert.AreEqual("MB2005", Fault(request).Id);
        StringAssert.EndsWith(Fault(request).Text, "; or run it by ONNX Runtime: Backend=\"OnnxRuntime\"");
        StringAssert.EndsWith(Fault(request with { Recipe = "quantize(fp16)" }).Text, "; or run it by ONNX Runtime, without a recipe: Backend=\"OnnxRuntime\"");

        request = request with { Backend = "OnnxRuntime" };
        CompileResult result = Compile(request);
        Plan plan = PlanText.Parse(result.PlanText);
        Assert.IsTrue(plan.Batch);
        Assert.AreEqual("image f32 [1, 2, 2]; dets f32 [1]", string.Join("; ", plan.Inputs.Concat(plan.Outputs).Select(t => $"{t.Name} {t.Type} [{string.Join(", ", t.Shape)}]")));
        Assert.AreEqual(PlanText.Parse(Outline.Of(request)).Outputs, plan.Outputs);
        CollectionAssert.AreEqual(result.Weights[64..], result.Files["dets.onnx"]);
        Assert.AreEqual(external ? 2 : 1, result.Inputs.Count);
        // The class has it all.
        byte[] data = external ? File.ReadAllBytes(Path.Combine(folder, "data.bin")) : [];
        File.Delete(Path.Combine(folder, "data.bin"));
        Type caller = Load(result, """
            public static class Caller
            {
                public static float Run(float[] image)
                {
                    var y = new float[1];
                    new Models.Dets().Run(image, y);
                    return y[0];
                }
            }
            """);
        // The determinant of [[2, 4], [3, 4]].
        Assert.AreEqual(-4, (float)caller.GetMethod("Run")!.Invoke(null, [new float[] { 1, 2, 3, 4 }])!, 1e-5);
        File.WriteAllBytes(Path.Combine(folder, "data.bin"), data);
        Report report = Report.Parse(result.Files["report.json"]);
        Assert.AreEqual(("none", 0d), (report.Import, report.Measurement.MaxError));

        Diagnostic recipe = Fault(request with { Recipe = "quantize(fp16)", Project = Path.Combine(folder, "a.csproj"), Line = 3 });
        Assert.AreEqual(("MB2017", 3), (recipe.Id, recipe.Line));
        StringAssert.StartsWith(recipe.Text, "a Recipe needs a model that can be imported, and this one can't be: node 'det': the operator Det (opset 17) is not supported");
        Assert.AreEqual("MB2017", Fault(request with { Layout = "NHWC" }).Id);
        Assert.AreEqual("MB2017", Fault(request with { MaxMacs = "5" }).Id);
    });

    [TestMethod]
    [DataRow("rows", "", "MB2008", "input 'image': axis 1 ('rows') has no fixed length; give it one by Dimensions=\"rows=LENGTH\"")]
    [DataRow("rows", "rows=2", "", "")]
    [DataRow("rows", "rows=3", "MB2016", "ONNX Runtime, which is to run the model")]
    [DataRow("", "", "MB2018", "output 'dets': axis 1 ('found') has no fixed length; give it one by Dimensions=\"found=LENGTH\"")]
    [DataRow("", "found=4", "", "'dets'")]
    [DataRow("", "dets.1=4", "", "'dets'")]
    [DataRow("", "found=5", "MB2016", "output 'dets' is i64[3, 4], and was said to be i64[3, 5]")]
    public void Axes_GetTheirLengthsByDimensions(string rows, string dimensions, string id, string text) => InFolder(folder =>
    {
        bool isOutput = text.Contains("'dets'");
        string file = Unsupported(folder, false, rows);
        if (isOutput)
        {
            // How much NonZero finds is not known before it runs.
            ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
            model.Graph.Node[1].OpType = "NonZero";
            model.Graph.Output[0].Type.TensorType = new() { ElemType = (int)ElementType.Int64, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 3 }, new TensorShapeProto.Types.Dimension { DimParam = "found" } } } };
            File.WriteAllBytes(file, model.ToByteArray());
        }
        CompileRequest request = new(file, "Dets", "Models", Dimensions: dimensions, Backend: "OnnxRuntime");
        if (id.Length == 0)
        {
            Compile(request);
            return;
        }
        Diagnostic fault = Fault(request);
        Assert.AreEqual(id, fault.Id, fault.Text);
        StringAssert.Contains(fault.Text, text);
    });

    [TestMethod]
    public void Model_IsOneError_WhenOnnxRuntimeCantRunItEither() => InFolder(folder =>
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Unsupported(folder, false)));
        model.Graph.Node[1].OpType = "Nonsense";
        string file = Path.Combine(folder, "nonsense.onnx");
        File.WriteAllBytes(file, model.ToByteArray());
        Diagnostic fault = Fault(new(file, "Dets", "Models", Backend: "OnnxRuntime"));
        Assert.AreEqual(("MB2016", file), (fault.Id, fault.File));
        StringAssert.Contains(fault.Text, "Nonsense");
    });

    [TestMethod]
    [DataRow(1, 1L << 30, "MB2007", "input 'image': it is [1, 1073741824, 2], and more than 67108864 elements are not supported")]
    [DataRow(8, 2L, "MB2016", "")]
    public void Model_IsOneError_WhenItsSignatureCantBe(int element, long rows, string id, string text) => InFolder(folder =>
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Unsupported(folder, false)));
        // Without the product, whose constant would not fit.
        model.Graph.Node.RemoveAt(0);
        model.Graph.Initializer.Clear();
        model.Graph.Node[0].OpType = "NonZero";
        model.Graph.Node[0].Input[0] = "image";
        model.Graph.Input[0].Type.TensorType.ElemType = element;
        model.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue = rows;
        model.Graph.Output[0].Type.TensorType = new() { ElemType = (int)ElementType.Int64 };
        string file = Path.Combine(folder, "dets.onnx");
        File.WriteAllBytes(file, model.ToByteArray());
        Diagnostic fault = Fault(new(file, "Dets", "Models", Backend: "OnnxRuntime"));
        Assert.AreEqual((id, file), (fault.Id, fault.File), fault.Text);
        StringAssert.Contains(fault.Text, text);
    });

    [TestMethod]
    public void Reference_IsMet_OrIsAnError() => InFolder(folder =>
    {
        string file = Unsupported(folder, false);
        void Npz(float dets)
        {
            using ZipArchive zip = ZipFile.Open(Path.Combine(folder, "r.npz"), ZipArchiveMode.Create);
            Entry("image.npy", "(1, 1, 2, 2)", [1, 2, 3, 4]);
            Entry("dets.npy", "(1, 1)", [dets]);

            void Entry(string name, string shape, float[] values)
            {
                string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
                using Stream stream = zip.CreateEntry(name).Open();
                stream.Write([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. values.SelectMany(BitConverter.GetBytes)]);
            }
        }

        CompileRequest request = new(file, "Dets", "Models", Backend: "OnnxRuntime", Reference: Path.Combine(folder, "r.npz"));
        Npz(-4);
        Assert.AreEqual("proved", Report.Parse(Compile(request).Files["report.json"]).Import);
        File.Delete(Path.Combine(folder, "r.npz"));
        Npz(-5);
        Assert.AreEqual("MB3011", Fault(request).Id);
    });

    [TestMethod]
    public void MaxScratch_IsAnError_AsNobodyKnowsIt() =>
        StringAssert.Contains(Fault(Request with { Backend = "OnnxRuntime", MaxScratch = "1KB" }).Text, "MaxScratch=\"1KB\" can't be read; valid: nothing, where Backend is OnnxRuntime");

    /// <summary>image [n, 2, 2] · factor → Det, which has no row in our table → dets [n].</summary>
    private static string Unsupported(string folder, bool external, string rows = "")
    {
        static TensorShapeProto.Types.Dimension Axis(string name, long length) => name.Length > 0 ? new() { DimParam = name } : new() { DimValue = length };
        static ValueInfoProto Value(string name, params TensorShapeProto.Types.Dimension[] axes) =>
            new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float32, Shape = new() { Dim = { axes } } } } };
        byte[] factors = [.. new float[] { 2, 2, 1, 1 }.SelectMany(BitConverter.GetBytes)];
        var factor = new TensorProto { Name = "factor", DataType = (int)ElementType.Float32, Dims = { 2, 2 }, RawData = external ? ByteString.Empty : ByteString.CopyFrom(factors) };
        if (external)
        {
            File.WriteAllBytes(Path.Combine(folder, "data.bin"), factors);
            factor.DataLocation = TensorProto.Types.DataLocation.External;
            factor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "data.bin" });
        }
        var graph = new GraphProto
        {
            Name = "dets",
            Initializer = { factor },
            Input = { Value("image", Axis("n", 1), Axis(rows, 2), Axis("", 2)) },
            Output = { Value("dets", Axis("n", 1)) },
            Node =
            {
                new NodeProto { Name = "mul", OpType = "Mul", Input = { "image", "factor" }, Output = { "doubled" } },
                new NodeProto { Name = "det", OpType = "Det", Input = { "doubled" }, Output = { "dets" } },
            },
        };
        string file = Path.Combine(folder, "dets.onnx");
        File.WriteAllBytes(file, new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } }.ToByteArray());
        return file;
    }

    private static void InFolder(Action<string> test)
    {
        string folder = Directory.CreateTempSubdirectory("modelbuild-backend").FullName;
        try
        {
            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Type Load(CompileResult result, string caller) => Compiled.Load(new PlanFileText("model.plan", result.PlanText), result.Weights, caller, optimize: true).GetType("Caller")!;

    private static Diagnostic Fault(CompileRequest request) => Assert.ThrowsExactly<DiagnosticException>(() => Compile(request)).Diagnostic;

    private static CompileResult Compile(CompileRequest request) => Compiler.Compile(request, CancellationToken.None);
}
