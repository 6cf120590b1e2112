namespace ModelBuild.Engine.Tests;

/// <summary>Files that are no models any more, or never were: one error each, which says what is wrong, and neither a crash nor a hang.</summary>
[TestClass]
public class TFLiteHostileTests
{
    public TestContext TestContext { get; set; } = null!;

    private static readonly byte[] Small = Model();

    [TestMethod]
    public void Truncated_IsAnError_WhereverItEnds()
    {
        for (int length = 0; length < Small.Length; length++)
            Import(Small[..length]);
        Diagnostic fault = Assert.ThrowsExactly<DiagnosticException>(() => TFLiteModel.Read(Small[..(Small.Length / 2)])).Diagnostic;
        Assert.AreEqual("MB2002", fault.Id);
        StringAssert.Contains(fault.Text, "not a TensorFlow Lite model: ");
    }

    [TestMethod]
    public void EachByte_MayBeAnyOther()
    {
        int refused = 0, read = 0;
        for (int at = 0; at < Small.Length; at++)
        {
            foreach (byte value in (byte[])[0, 255, (byte)(Small[at] ^ 1), (byte)(Small[at] ^ 128)])
            {
                byte[] file = [.. Small];
                file[at] = value;
                _ = Import(file) ? read++ : refused++;
            }
        }
        TestContext.WriteLine($"{refused} refused, {read} read");
        Assert.IsGreaterThan(100, refused);
    }

    [TestMethod]
    public void SeveralBytes_MayBeAnyOthers_AndWhatIsReadIsCompiled()
    {
        var random = new Random(7);
        for (int i = 0; i < 6000; i++)
        {
            byte[] file = [.. Small];
            for (int flips = random.Next(1, 5); flips > 0; flips--)
                file[random.Next(8, file.Length)] = (byte)random.Next(256);
            try
            {
                Emitted.From(Simplify.Run(TFLiteModel.Read(file)), PlanNames.None);
            }
            catch (Exception e) when (e is DiagnosticException or OperatorException)
            {
            }
        }
    }

    // Numbers of 32 bits that lead far away, or back to where they are.
    [TestMethod]
    public void EachOffset_MayLeadAnywhere()
    {
        foreach (uint value in (uint[])[0, 4, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, (uint)Small.Length, (uint)Small.Length - 4])
        {
            for (int at = 0; at + 4 <= Small.Length; at += 4)
            {
                byte[] file = [.. Small];
                BitConverter.TryWriteBytes(file.AsSpan(at), value);
                Import(file);
            }
        }
    }

    [TestMethod]
    [DataRow("tflm_hello_world_int8")]
    [DataRow("tflm_hello_world_f32")]
    [DataRow("tiny_dscnn_kws_int8")]
    public void RealFiles_MayBeBroken(string name)
    {
        byte[] whole = File.ReadAllBytes(Fixtures.Path($"models/tflite/{name}.tflite"));
        var random = new Random(11);
        for (int i = 0; i < 400; i++)
        {
            byte[] file = [.. whole];
            if (i % 4 == 0)
                file = file[..random.Next(file.Length)];
            else
            {
                for (int flips = random.Next(1, 30); flips > 0; flips--)
                    file[random.Next(8, file.Length)] ^= (byte)(1 << random.Next(8));
            }
            Import(file);
        }
    }

    [TestMethod]
    public void ConstantsThatGrow_AreRefused()
    {
        var model = new TFLiteModel();
        int dims = model.Constant("dims", Tensor.Of<int>([2], [20_000, 20_000])), one = model.Constant("one", Tensor.Scalar(1f)), y = model.Tensor("y", ElementType.Float32, [20_000, 20_000], signature: [-1, -1]);
        Diagnostic fault = Assert.ThrowsExactly<ImportException>(() => model.Operator("FILL", [dims, one], [y]).Read([], [y])).Diagnostic;
        Assert.AreEqual("MB2006", fault.Id);
        StringAssert.Contains(fault.Text, "node 'y' (FILL)");
    }

    // All that is ever allocated bounds what is at once.
    [TestMethod]
    public void Import_TakesTwoAndAHalfTimesTheFile_AtMost()
    {
        const int Size = 1024;
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, 1, 1, Size]), w = model.Constant("w", Tensor.Of([Size, 1, 1, Size], new float[Size * Size])), y = model.Tensor("y", ElementType.Float32, [1, 1, 1, Size]);
        int v = model.Constant("v", Tensor.Of([Size, Size], new float[Size * Size])), z = model.Tensor("z", ElementType.Float32, [1, Size]);
        byte[] file = model.Operator("CONV_2D", [x, w, -1], [y], (0, (sbyte)1), (1, 1), (2, 1), (3, (sbyte)0)).Operator("FULLY_CONNECTED", [y, v, -1], [z], (0, (sbyte)0)).Build([x], [z]);
        using var scratch = new Scratch();
        string path = scratch.Write("model.tflite", file);
        ModelFormat.Import(path, ImportOptions.None);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelFormat.Import(path, ImportOptions.None);
        double times = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / file.Length;
        TestContext.WriteLine($"{times:0.00} times {file.Length} bytes");
        Assert.IsLessThan(2.5, times);
    }

    /// <summary>Whether the file is read; anything but a diagnostic fails the test.</summary>
    private static bool Import(byte[] file)
    {
        try
        {
            TFLiteModel.Read(file);
            return true;
        }
        catch (DiagnosticException)
        {
            return false;
        }
    }

    private static byte[] Model()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Int8, [1, 4, 4, 2], meaning: ([0.5f], [-1], 0), signature: [-1, 4, 4, 2]), w = model.Constant("w", Tensor.Of<sbyte>([2, 2, 2, 2], [.. Enumerable.Range(0, 16).Select(i => (sbyte)i)]), ([0.25f, 0.5f], [0, 0], 0));
        int b = model.Constant("b", Tensor.Of<int>([2], [8, 0])), conv = model.Tensor("conv", ElementType.Int8, [1, 4, 4, 2], meaning: ([0.5f], [3], 0)), pooled = model.Tensor("pooled", ElementType.Int8, [1, 2, 2, 2], meaning: ([0.5f], [3], 0));
        int shape = model.Constant("shape", Tensor.Of<int>([2], [1, 8])), row = model.Tensor("row", ElementType.Int8, [1, 8], meaning: ([0.5f], [3], 0)), floats = model.Tensor("floats", ElementType.Float32, [1, 8]);
        int begin = model.Constant("begin", Tensor.Of<int>([2], [0, 1])), end = model.Constant("end", Tensor.Of<int>([2], [0, 7])), step = model.Constant("step", Tensor.Of<int>([2], [1, 2])), slice = model.Tensor("slice", ElementType.Float32, [1, 3]);
        int sparse = model.Tensor("sparse", ElementType.Float32, [3, 3], Tensor.Of<float>([2], [1, 2]), sparsity: model.Sparsity([0, 1], [], (3, null, null), (0, [0, 1, 1, 2], [2, 0]))), dense = model.Tensor("dense", ElementType.Float32, [3, 3]), y = model.Tensor("y", ElementType.Float32, [1, 3]);
        model.Operator("CONV_2D", [x, w, b], [conv], (0, (sbyte)0), (1, 1), (2, 1), (3, (sbyte)1)).Operator("MAX_POOL_2D", [conv], [pooled], (0, (sbyte)1), (1, 2), (2, 2), (3, 2), (4, 2))
            .Operator("RESHAPE", [pooled, shape], [row], (0, new[] { 1, 8 })).Operator("DEQUANTIZE", [row], [floats]).Operator("STRIDED_SLICE", [floats, begin, end, step], [slice], (0, 1), (1, 1))
            .Operator("DENSIFY", [sparse], [dense]).Operator("FULLY_CONNECTED", [slice, dense, -1], [y], (0, (sbyte)0));
        return model.Build([x], [y]);
    }
}
