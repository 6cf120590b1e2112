namespace ModelBuild.Engine.Tests;

/// <summary>TensorFlow Lite models, operator by operator, against what they mean in the file's order of axes.</summary>
[TestClass]
public class TFLiteTests
{
    private static readonly Tensor Image = Counted(1, 3, 3, 1);

    [TestMethod]
    public void Windows_PadSame_AndActivate()
    {
        // A kernel of ones over 2×2 in steps of 2: only the end is padded.
        Tensor ones = Tensor.Of<float>([1, 2, 2, 1], [1, 1, 1, 1]), bias = Tensor.Of<float>([1], [-4]);
        Same([6, 5, 6, 5], Only("CONV_2D", [1, 2, 2, 1], [(0, (sbyte)0), (1, 2), (2, 2), (3, (sbyte)3)], Image, ones, bias));
        Same([8, 12, 20, 24], Only("CONV_2D", [1, 2, 2, 1], [(0, (sbyte)1), (1, 1), (2, 1), (3, (sbyte)1)], Image, ones, bias));
        // Two channels, each with a kernel of its own.
        Tensor twoChannels = Tensor.Of<float>([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]), each = Tensor.Of<float>([1, 2, 2, 2], [1, 0, 1, 0, 1, 0, 1, 1]);
        Same([10, 40], Only("DEPTHWISE_CONV_2D", [1, 1, 1, 2], [(0, (sbyte)1), (1, 1), (2, 1), (3, 1), (4, (sbyte)0)], twoChannels, each));
        Same([5, 6, 8, 9], Only("MAX_POOL_2D", [1, 2, 2, 1], [(0, (sbyte)1), (1, 1), (2, 1), (3, 2), (4, 2)], Image));
        // Padding counts in no mean.
        Same([3, 4.5f, 7.5f, 9], Only("AVERAGE_POOL_2D", [1, 2, 2, 1], [(0, (sbyte)0), (1, 2), (2, 2), (3, 2), (4, 2)], Image));
        Tensor transposed = Tensor.Of<int>([4], [1, 4, 4, 1]);
        Same([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], Of("TRANSPOSE_CONV", [[1, 4, 4, 1]], [(0, (sbyte)1), (1, 2), (2, 2)], [2], transposed, ones, Counted(1, 2, 2, 1))[0]);
        Same([1, 1.5f, 2, 2], Only("RESIZE_BILINEAR", [1, 1, 4, 1], [(2, false), (3, false)], Counted(1, 1, 2, 1), Tensor.Of<int>([2], [1, 4])));
        Same([1, 1, 2, 2], Only("RESIZE_NEAREST_NEIGHBOR", [1, 1, 4, 1], [(1, true)], Counted(1, 1, 2, 1), Tensor.Of<int>([2], [1, 4])));
        Same([1, 2, 3, 4], Only("DEPTH_TO_SPACE", [1, 2, 2, 1], [(0, 2)], Counted(1, 1, 1, 4)));
        Same([1, 2, 3, 4], Only("SPACE_TO_DEPTH", [1, 1, 1, 4], [(0, 2)], Counted(1, 2, 2, 1)));
    }

    [TestMethod]
    public void Images_KeepTheirOrder_ThroughWhatComesBetweenWindows()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, 4, 4, 2]), kernel = model.Constant("k", Tensor.Of<float>([2, 1, 1, 2], [1, 0, 0, 1])), shift = model.Constant("s", Tensor.Of<float>([2], [1, -1]));
        int pads = model.Constant("p", Tensor.Of<int>([4, 2], [0, 0, 1, 1, 1, 1, 0, 0])), axes = model.Constant("a", Tensor.Of<int>([2], [1, 2]));
        int[] t = [.. Enumerable.Range(0, 5).Select(i => model.Tensor($"t{i}", ElementType.Float32, i is 0 or 1 ? [1, 4, 4, 2] : i == 2 ? [1, 4, 4, 4] : i == 3 ? [1, 6, 6, 4] : [1, 4]))];
        model.Operator("CONV_2D", [x, kernel], [t[0]], (0, (sbyte)1), (1, 1), (2, 1), (3, (sbyte)0)).Operator("ADD", [t[0], shift], [t[1]], (0, (sbyte)1))
            .Operator("CONCATENATION", [t[1], t[0]], [t[2]], (0, 3), (1, (sbyte)0)).Operator("PAD", [t[2], pads], [t[3]]).Operator("MEAN", [t[3], axes], [t[4]], (0, false));
        Graph graph = model.Read([x], [t[4]]);
        Assert.HasCount(1, graph.Nodes.Where(n => n.Op is Transpose));
        Tensor input = Tensor.Of([1, 4, 4, 2], Enumerable.Range(0, 32).Select(i => i % 2 == 0 ? 36f : -36).ToArray());
        Same([37 * 16 / 36f, 0, 16, -16], Run(graph, input)[0]);
    }

    [TestMethod]
    public void Products_TakeRowsOfAnyShape()
    {
        Tensor w = Tensor.Of<float>([2, 3], [1, 2, 3, 0, 0, 1]), b = Tensor.Of<float>([2], [10, -30]);
        Same([24, 0], Only("FULLY_CONNECTED", [1, 2], [(0, (sbyte)1)], Counted(1, 3, 1, 1), w, b));
        Same([24, -27, 42, -24], Only("FULLY_CONNECTED", [1, 2, 2], [(2, true)], Counted(1, 2, 3), w, b));
        Same([7, 10, 15, 22], Of("BATCH_MATMUL", [[2, 2]], [(0, false), (1, false)], [0, 1], Counted(2, 2), Counted(2, 2))[0]);
        Same([5, 11, 11, 25], Of("BATCH_MATMUL", [[2, 2]], [(0, false), (1, true)], [0, 1], Counted(2, 2), Counted(2, 2))[0]);
    }

    [TestMethod]
    public void Elements_AreComputedAsTheFileSays()
    {
        Tensor x = Tensor.Of<float>([4], [-2, -0.5f, 0.5f, 4]), y = Tensor.Of<float>([4], [1, 2, -2, 3]);
        Same([-1, 1, -1, 1], Only("ADD", [4], [(0, (sbyte)2)], x, Tensor.Of<float>([4], [1, 2, -2, 3])));
        Same([-2, -0.25f, -0.25f, 4 / 3f], Only("DIV", [4], [(0, (sbyte)0)], x, y));
        Same([-2, -1, -1, 1], Only("FLOOR_DIV", [4], [], x, y));
        Same([0, 1.5f, -1.5f, 1], Only("FLOOR_MOD", [4], [], x, y));
        Same([9, 6.25f, 6.25f, 1], Only("SQUARED_DIFFERENCE", [4], [], x, y));
        Same([-0.4f, -0.1f, 0.5f, 4], Only("LEAKY_RELU", [4], [(0, 0.2f)], x));
        Same([2, 0.5f, 0.5f, 4], Only("ABS", [4], [], x));
        Same([0, 0, 0.5f, 1], Only("RELU_0_TO_1", [4], [], x));
        Same([4, 0.25f, 0.25f, 16], Only("SQUARE", [4], [], x));
        Same([0.5f], Only("RSQRT", [1], [], Tensor.Of<float>([1], [4])));
        Same([0.5f, 0.5f], Only("SOFTMAX", [2], [(0, 0f)], Tensor.Of<float>([2], [1, 5])));
        Same([-2, 2, -2, 4], Of("SELECT", [[4]], [], [1, 2], Tensor.Of([4], [true, false, false, true]), x, y)[0]);
        Same([0.6f, 0.8f], Only("L2_NORMALIZATION", [1, 2], [(0, (sbyte)0)], Tensor.Of<float>([1, 2], [3, 4])));
        CollectionAssert.AreEqual((long[])[-2, -1], Only("FLOOR_DIV", [2], [], Tensor.Of<int>([2], [-5, 3]), Tensor.Of<int>([2], [3, -3])).Int64s());
        CollectionAssert.AreEqual((bool[])[true, false], Only("NOT_EQUAL", [2], [], Tensor.Of<int>([2], [-5, 3]), Tensor.Of<int>([2], [3, 3])).Span<bool>().ToArray());
        Same([0, 0.2f, 25.4f], Only("FAKE_QUANT", [3], [(0, -0.1f), (1, 25.4f), (2, 8)], Tensor.Of<float>([3], [0.04f, 0.23f, 99])));
        CollectionAssert.AreEqual((long[])[-2, 4], Only("CAST", [2], [], ElementType.Int32, Tensor.Of<float>([2], [-2.7f, 4.2f])).Int64s());
    }

    [TestMethod]
    public void Elements_AreMovedAsTheFileSays()
    {
        Tensor x = Counted(2, 3);
        Same([1, 4, 2, 5, 3, 6], Only("TRANSPOSE", [3, 2], [], x, Tensor.Of<int>([2], [1, 0])));
        Same([3, 6], Only("STRIDED_SLICE", [2], [(4, 2), (0, 1), (1, 1)], x, Tensor.Of<int>([2], [0, -1]), Tensor.Of<int>([2], [0, 0]), Tensor.Of<int>([2], [1, 1])));
        Same([3, 1, 6, 4], Only("STRIDED_SLICE", [1, 2, 2], [(3, 1), (2, 2), (0, 4), (1, 4)], x, Ints(0, 0, 0), Ints(0, 0, 0), Ints(1, 1, -2)));
        Same([2, 3], Only("SLICE", [1, 2], [], x, Ints(0, 1), Ints(1, -1)));
        Same([1, 2, 3, 1, 2, 3], Only("PACK", [2, 3], [(0, 2), (1, 0)], Counted(3), Counted(3)));
        Same([4, 5, 6], Of("UNPACK", [[3], [3]], [(0, 2), (1, 0)], [0], x)[1]);
        Same([2, 3, 5, 6], Of("SPLIT_V", [[2, 1], [2, 2]], [(0, 2)], [0], x, Ints(1, -1), Int(1))[1]);
        Same([3, 6], Of("SPLIT", [[2, 1], [2, 1], [2, 1]], [(0, 3)], [1], Int(1), x)[2]);
        Same([3, 2, 1, 6, 5, 4], Only("REVERSE_V2", [2, 3], [], x, Ints(1)));
        Same([2, 4], Only("GATHER", [2, 1], [(0, 1), (1, 1)], x, Tensor.Of<int>([2, 1], [1, 0])));
        Same([1, 0, 0, 2], Only("MATRIX_DIAG", [2, 2], [], Counted(2)));
        Same([4, 5, 6, 1, 2, 3], Only("GATHER", [2, 3], [(0, 0)], x, Ints(1, 0)));
        Same([6, 1], Only("GATHER_ND", [2], [], x, Tensor.Of<int>([2, 2], [1, 2, 0, 0])));
        Same([0, 3, 0], Of("SCATTER_ND", [[3]], [], [1], Tensor.Of<int>([2, 1], [1, 1]), Counted(2), Ints(3))[0]);
        Same([2, 1, 2, 3, 2], Only("MIRROR_PAD", [5], [(0, (sbyte)0)], Counted(3), Tensor.Of<int>([1, 2], [1, 1])));
        Same([2, 1, 1, 2, 3, 3, 2, 1], Only("MIRROR_PAD", [8], [(0, (sbyte)1)], Counted(3), Tensor.Of<int>([1, 2], [2, 3])));
        Same([9, 1, 2, 9], Only("PADV2", [4], [], Counted(2), Tensor.Of<int>([1, 2], [1, 1]), Tensor.Scalar(9f)));
        Same([6, 15], Only("SUM", [2], [(0, false)], x, Ints(-1)));
        Same([1, 3, 6], Only("CUMSUM", [3], [(0, false), (1, false)], Counted(3), Int(0)));
        Same([0, 9, 0], Of("ONE_HOT", [[3]], [(0, -1)], [0], Int(1), Int(3), Tensor.Scalar(9f), Tensor.Scalar(0f))[0]);
        CollectionAssert.AreEqual((long[])[2, 2], Only("ARG_MAX", [2], [(0, (sbyte)2)], ElementType.Int32, x, Int(1)).Int64s());
        Tensor[] best = Of("TOPK_V2", [[2, 2], [2, 2]], [], [0], [ElementType.Float32, ElementType.Int32], x, Int(2));
        Same([3, 2, 6, 5], best[0]);
        CollectionAssert.AreEqual((long[])[2, 1, 2, 1], best[1].Int64s());
        Same([1, 3, 9, 11, 2, 4, 10, 12, 5, 7, 13, 15, 6, 8, 14, 16], Only("SPACE_TO_BATCH_ND", [4, 2, 2, 1], [], Counted(1, 4, 4, 1), Ints(2, 2), Tensor.Of<int>([2, 2], [0, 0, 0, 0])));
        Same([.. Enumerable.Range(1, 16).Select(i => (float)i)], Only("BATCH_TO_SPACE_ND", [1, 4, 4, 1], [], Tensor.Of<float>([4, 2, 2, 1], [1, 3, 9, 11, 2, 4, 10, 12, 5, 7, 13, 15, 6, 8, 14, 16]), Ints(2, 2), Tensor.Of<int>([2, 2], [0, 0, 0, 0])));
    }

    [TestMethod]
    public void Shapes_AreConstants()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [2, 3]), shape = model.Tensor("s", ElementType.Int32, [2]), one = model.Constant("1", Ints(0)), two = model.Constant("2", Ints(1)), step = model.Constant("3", Ints(1));
        int first = model.Tensor("f", ElementType.Int32, []), rest = model.Constant("r", Int(-1)), packed = model.Tensor("p", ElementType.Int32, [3]), y = model.Tensor("y", ElementType.Float32, [2, 1, 3]), three = model.Constant("4", Int(1));
        model.Operator("SHAPE", [x], [shape]).Operator("STRIDED_SLICE", [shape, one, two, step], [first], (4, 1)).Operator("PACK", [first, three, rest], [packed], (0, 3), (1, 0)).Operator("RESHAPE", [x, packed], [y]);
        Graph graph = model.Read([x], [y]);
        Assert.HasCount(1, graph.Nodes.Where(n => n.Op is not Identity));
        Same([1, 2, 3, 4, 5, 6], Run(graph, Counted(2, 3))[0]);
    }

    [TestMethod]
    [DataRow(false, false, 10f)]
    [DataRow(true, false, 10f)]
    [DataRow(false, true, 10f)]
    [DataRow(true, true, 0.2f)]
    public void Lstm_IsOnnxs_WithGatesInAnotherOrder(bool coupled, bool both, float clip)
    {
        const int Hidden = 3, Depth = 2, Steps = 4;
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, Steps, Depth]);
        // Of each direction: weights of x and of h, and biases, of i, f, z, o.
        int[] Direction(int d) =>
        [
            .. Enumerable.Range(0, 4).Select(g => g == 0 && coupled ? -1 : model.Constant($"w{d}{g}", Tensor.Of([Hidden, Depth], Numbers(Hidden * Depth, g + d)))),
            .. Enumerable.Range(4, 4).Select(g => g == 4 && coupled ? -1 : model.Constant($"r{d}{g}", Tensor.Of([Hidden, Hidden], Numbers(Hidden * Hidden, g + d)))), -1, -1, -1,
            .. Enumerable.Range(8, 4).Select(g => g == 8 && coupled ? -1 : model.Constant($"b{d}{g}", Tensor.Of([Hidden], Numbers(Hidden, g + d)))), -1, -1,
        ];
        // States begin as zeros with each call.
        int State() => model.Tensor("state", ElementType.Float32, [1, Hidden], variable: true);
        int y = model.Tensor("y", ElementType.Float32, [1, Steps, both ? 2 * Hidden : Hidden]);
        if (both)
            model.Operator("BIDIRECTIONAL_SEQUENCE_LSTM", [x, .. Direction(0), .. Direction(20), State(), State(), State(), State(), -1, -1, -1, -1, -1, -1, -1, -1, -1], [y], (0, (sbyte)4), (1, clip), (2, 0f), (3, true), (4, false));
        else
            model.Operator("UNIDIRECTIONAL_SEQUENCE_LSTM", [x, .. Direction(0), State(), State(), -1, -1, -1, -1], [y], (0, (sbyte)4), (1, clip), (2, 0f), (3, false));
        Tensor input = Tensor.Of([1, Steps, Depth], Numbers(Steps * Depth, 12));
        Graph graph = model.Read([x], [y]);
        double[] got = Run(graph, input)[0].Doubles();
        for (int d = 0; d < (both ? 2 : 1); d++)
        {
            double[] h = new double[Hidden], c = new double[Hidden];
            for (int i = 0; i < Steps; i++)
            {
                int step = d == 0 ? i : Steps - 1 - i;
                double Sum(int g, int k) => Enumerable.Range(0, Depth).Sum(j => Numbers(Hidden * Depth, g + 20 * d)[k * Depth + j] * (double)input.F32[step * Depth + j])
                    + Enumerable.Range(0, Hidden).Sum(j => Numbers(Hidden * Hidden, g + 4 + 20 * d)[k * Hidden + j] * h[j]) + Numbers(Hidden, g + 8 + 20 * d)[k];
                double[] next = new double[Hidden];
                for (int k = 0; k < Hidden; k++)
                {
                    double f = Sigmoid(Sum(1, k)), with = coupled ? 1 - f : Sigmoid(Sum(0, k));
                    c[k] = Math.Clamp(f * c[k] + with * Math.Tanh(Sum(2, k)), -clip, clip);
                    next[k] = Sigmoid(Sum(3, k)) * Math.Tanh(c[k]);
                }
                h = next;
                for (int k = 0; k < Hidden; k++)
                    Assert.AreEqual(h[k], got[(step * (both ? 2 : 1) + d) * Hidden + k], 1e-6);
            }
        }

        static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));

        static float[] Numbers(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => ((i * 37 + seed * 11) % 19 - 9) / 8f)];
    }

    [TestMethod]
    public void Integers_RunAsSuch_AndKeepTheSignature()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Int8, [1, 2, 2, 1], meaning: ([0.5f], [-1], 0)), w = model.Constant("w", Tensor.Of<sbyte>([2, 1, 1, 1], [4, -4]), ([0.25f, 0.5f], [0, 0], 0));
        // A bias's own scale is that of the product, and its axis is the only one, whatever the file says.
        int b = model.Constant("b", Tensor.Of<int>([2], [8, 0]), ([0.125f, 0.25f], [0, 0], 3)), y = model.Tensor("y", ElementType.Int8, [1, 2, 2, 2], meaning: ([0.5f], [3], 0));
        model.Operator("CONV_2D", [x, w, b], [y], (0, (sbyte)1), (1, 1), (2, 1), (3, (sbyte)1));
        Graph graph = model.Read([x], [y]);
        Assert.AreEqual(ElementType.Int8, graph.Types["x"].Element);
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.None);
        Assert.AreEqual(new PlanMeaning("0.5", -1), emitted.Plan.Inputs[0].Meaning);
        Assert.AreEqual(new PlanMeaning("0.5", 3), emitted.Plan.Outputs[0].Meaning);
        Assert.Contains("ConvU8S8", emitted.Plan.Calls.Select(c => c.Kernel));
        Assert.IsEmpty(emitted.Plan.Calls.Where(c => c.Kernel.Contains("F32")), emitted.Text);
        // Numbers 0, 0.5, 1, 63.5 and −63.5: times 1 plus 1, and times −2, at least 0; then in steps of a half from −1.5 on.
        sbyte[] got = Run(graph, Tensor.Of<sbyte>([1, 2, 2, 1], [-1, 0, 1, -128]))[0].Span<sbyte>().ToArray();
        CollectionAssert.AreEqual((sbyte[])[5, 3, 6, 3, 7, 3, 3, 127], got);
    }

    [TestMethod]
    public void ACast_IsOfTheIntegersThemselves()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Int8, [3], meaning: ([0.5f], [-1], 0)), y = model.Tensor("y", ElementType.Float32, [3]);
        Same([-128, 0, 7], Run(model.Operator("CAST", [x], [y]).Read([x], [y]), Tensor.Of<sbyte>([3], [-128, 0, 7]))[0]);
    }

    [TestMethod]
    public void Weights_MayBeStoredOtherwise()
    {
        Tensor expected = Tensor.Of<float>([1, 2], [5, -4]), x = Tensor.Of<float>([1, 2], [1, 2]);
        // Eight bits beside floats.
        var hybrid = new TFLiteModel();
        int input = hybrid.Tensor("x", ElementType.Float32, [1, 2]), w = hybrid.Constant("w", Tensor.Of<sbyte>([2, 2], [2, 4, 0, -4]), ([0.5f], [0], 0)), y = hybrid.Tensor("y", ElementType.Float32, [1, 2]);
        hybrid.Operator("FULLY_CONNECTED", [input, w, -1], [y], (0, (sbyte)0));
        Assert.AreEqual(0, Comparison.Error(Run(hybrid.Read([input], [y]), x)[0], expected));
        // float16, and integers, behind DEQUANTIZE.
        foreach (bool halves in (bool[])[true, false])
        {
            var model = new TFLiteModel();
            input = model.Tensor("x", ElementType.Float32, [1, 2]);
            int stored = halves ? model.Constant("w", Tensor.Of([2, 2], [(Half)1, (Half)2, (Half)0, (Half)(-2)])) : model.Constant("w", Tensor.Of<sbyte>([2, 2], [2, 4, 0, -4]), ([0.5f], [0], 0));
            int floats = model.Tensor("f", ElementType.Float32, [2, 2]);
            y = model.Tensor("y", ElementType.Float32, [1, 2]);
            model.Operator("DEQUANTIZE", [stored], [floats]).Operator("FULLY_CONNECTED", [input, floats, -1], [y], (0, (sbyte)0));
            Assert.AreEqual(0, Comparison.Error(Run(model.Read([input], [y]), x)[0], expected));
        }
        // Sparse, the second row in one block of two.
        var sparse = new TFLiteModel();
        int shape = sparse.Sparsity([0, 1], [], (2, null, null), (0, [0, 2, 3], [0, 1, 1]));
        input = sparse.Tensor("x", ElementType.Float32, [1, 2]);
        int few = sparse.Tensor("w", ElementType.Float32, [2, 2], Tensor.Of<float>([3], [1, 2, -2]), sparsity: shape), dense = sparse.Tensor("d", ElementType.Float32, [2, 2]);
        y = sparse.Tensor("y", ElementType.Float32, [1, 2]);
        sparse.Operator("DENSIFY", [few], [dense]).Operator("FULLY_CONNECTED", [input, dense, -1], [y], (0, (sbyte)0));
        Assert.AreEqual(0, Comparison.Error(Run(sparse.Read([input], [y]), x)[0], expected));
    }

    [TestMethod]
    public void SparseBlocks_AreWhereTheirIndicesSay()
    {
        var model = new TFLiteModel();
        // [2, 4] in blocks of 1×2: the second block of the first row, and the first of the second.
        int shape = model.Sparsity([0, 1, 2], [1], (2, null, null), (0, [0, 1, 2], [1, 0]), (2, null, null));
        int few = model.Tensor("w", ElementType.Float32, [2, 4], Tensor.Of<float>([4], [1, 2, 3, 4]), sparsity: shape), y = model.Tensor("y", ElementType.Float32, [2, 4]);
        model.Operator("DENSIFY", [few], [y]);
        Same([0, 0, 1, 2, 3, 4, 0, 0], model.Read([], [y]).Constant("y")!);
    }

    [TestMethod]
    public void ALeadingUnknownAxis_IsTheBatch_AndOthersNeedALength()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, 3], signature: [-1, 3]), y = model.Tensor("y", ElementType.Float32, [1, 3], signature: [-1, 3]);
        model.Operator("RELU", [x], [y]);
        Assert.IsTrue(model.Read([x], [y]).Batch);
        var unknown = new TFLiteModel();
        x = unknown.Tensor("x", ElementType.Float32, [1, 1], signature: [-1, -1]);
        y = unknown.Tensor("y", ElementType.Float32, [1, 1], signature: [-1, -1]);
        byte[] file = unknown.Operator("RELU", [x], [y]).Build([x], [y]);
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => TFLiteModel.Read(file)).Diagnostic.Text, "Dimensions=\"dim1=LENGTH\"");
        Assert.AreEqual("[1, 7]", TFLiteModel.Read(file, ImportOptions.None with { Dimensions = new Dictionary<string, int> { ["dim1"] = 7 } }).Types["y"].Shape.ToString());
    }

    [TestMethod]
    [DataRow("TFLite_Detection_PostProcess", "MB2014", "operator 'y': CUSTOM 'TFLite_Detection_PostProcess' is not supported")]
    [DataRow("WHILE", "MB2014", "operator 'y': WHILE is not supported: the file's other graphs are not read")]
    [DataRow("SVDF", "MB2014", "operator 'y': SVDF is not supported")]
    [DataRow("SPACE_TO_DEPTH", "MB2006", "node 'y' (SPACE_TO_DEPTH)")]
    public void AnOperatorThatIsNotSupported_IsNamed(string op, string id, string text)
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, 3, 3, 1]), y = model.Tensor("y", ElementType.Float32, [1, 3, 3, 1]);
        Diagnostic fault = Assert.ThrowsExactly<ImportException>(() => model.Operator(op, [x], [y]).Read([x], [y])).Diagnostic;
        Assert.AreEqual(id, fault.Id);
        StringAssert.Contains(fault.Text, text);
    }

    [TestMethod]
    public void Inspect_NamesAllThatIsNotSupported()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, 2], signature: [-1, 2]), w = model.Constant("w", Counted(3, 2)), a = model.Tensor("a;b", ElementType.Float32, [1, 3]), b = model.Tensor("c", ElementType.Float32, [1, 3]), y = model.Tensor("y", ElementType.Float32, [1, 3]);
        model.Operator("FULLY_CONNECTED", [x, w, -1], [a], (0, (sbyte)0)).Operator("UNIQUE", [a], [b]).Operator("Own", [b], [y]);
        using var scratch = new Scratch();
        Inspection found = Inspection.Of(scratch.Write("model.tflite", model.Build([x], [y])), "");
        CollectionAssert.AreEqual((string[])["c UNIQUE", "y CUSTOM 'Own'"], found.Unsupported.Select(f => $"{f.Node} {f.Operator}").ToArray());
        Assert.AreEqual((3, 6L, "x", "batch"), (found.Nodes, found.Parameters, found.Inputs[0].Name, (string)found.Inputs[0].Shape[0]));
    }

    [TestMethod]
    public void SeveralGraphs_AreRefused_NamingWhoCalls()
    {
        var model = new TFLiteModel { Graphs = 2 };
        int x = model.Tensor("x", ElementType.Float32, [1]), y = model.Tensor("y", ElementType.Float32, [1]);
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => model.Operator("IF", [x], [y]).Read([x], [y])).Diagnostic.Text, "it has 2 graphs (IF), and one is supported");
    }

    [TestMethod]
    public void ShapesThatDontFit_AreRefused()
    {
        var model = new TFLiteModel();
        int x = model.Tensor("x", ElementType.Float32, [1, 3]), y = model.Tensor("y", ElementType.Float32, [1, 4]);
        StringAssert.Contains(Assert.ThrowsExactly<ImportException>(() => model.Operator("RELU", [x], [y]).Read([x], [y])).Diagnostic.Text, "its output 'y' is [1, 4] in the file, and [1, 3] by its inputs");
    }

    // A model of one operator, all inputs but the first constant.
    private static Tensor Only(string op, int[] y, (int, object)[] options, params Tensor[] inputs) => Of(op, [y], options, [0], inputs)[0];

    private static Tensor Only(string op, int[] y, (int, object)[] options, ElementType element, params Tensor[] inputs) => Of(op, [y], options, [0], [element], inputs)[0];

    private static Tensor[] Of(string op, int[][] shapes, (int, object)[] options, int[] computed, params Tensor[] inputs)
    {
        bool compares = op is "NOT_EQUAL" or "EQUAL" or "LESS";
        ElementType element = compares ? ElementType.Bool : op is "SPLIT" or "SCATTER_ND" or "SELECT" or "ONE_HOT" or "TRANSPOSE_CONV" ? ElementType.Float32 : inputs[0].Element;
        return Of(op, shapes, options, computed, [.. shapes.Select(_ => element)], inputs);
    }

    private static Tensor[] Of(string op, int[][] shapes, (int, object)[] options, int[] computed, ElementType[] elements, params Tensor[] inputs)
    {
        var model = new TFLiteModel();
        int[] ins = [.. inputs.Select((t, i) => computed.Contains(i) ? model.Tensor($"x{i}", t.Element, [.. t.Shape]) : model.Constant($"x{i}", t))];
        int[] outs = [.. shapes.Select((s, i) => model.Tensor($"y{i}", elements[i], s))];
        model.Operator(op, ins, outs, options);
        return Run(model.Read([.. computed.Select(i => ins[i])], outs), [.. computed.Select(i => inputs[i])]);
    }

    private static void Same(float[] expected, Tensor got)
    {
        float[] y = got.F32.ToArray();
        Assert.HasCount(expected.Length, y);
        for (int i = 0; i < y.Length; i++)
            Assert.AreEqual(expected[i], y[i], 1e-6f * Math.Max(1, Math.Abs(expected[i])), $"[{string.Join(", ", y)}]");
    }

    private static Tensor Counted(params int[] shape) => Tensor.Of(Shape.Of(shape), Enumerable.Range(1, shape.Aggregate(1, (a, b) => a * b)).Select(i => (float)i).ToArray());

    private static Tensor Ints(params int[] values) => Tensor.Of([values.Length], values);

    private static Tensor Int(int value) => Tensor.Scalar(value);

    private static Tensor[] Run(Graph graph, params Tensor[] inputs)
    {
        Emitted emitted = Emitted.From(Simplify.Run(graph), PlanNames.None);
        using var runner = new PlanRunner(emitted.Plan, emitted.Weights);
        return runner.Run(inputs);
    }
}
