namespace ModelBuild.Engine.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class PlanRunnerTests
{
    private const int Weights = 64, Length = Weights + 24 + 128;

    // y = x·w + b on 3 features, then clamped at 0; w stored as a mask and three values.
    private static readonly string[] Calls =
    [
        "call Load x=input0 y=scratch+0 shape=[3] xStrides=[1] yStrides=[1] # load",
        "call MatMulF32F32 x=scratch+0 weights=expanded+0 bias=weights+" + (Weights + 16) + " residual=none y=scratch+64 rows=1 depth=3 columns=2 xRow=3 weightsRow=0 yRow=2 residualRow=0 lo=0f hi=inff # fc",
        "call Store x=scratch+64 y=output0 shape=[2] xStrides=[1] yStrides=[1] # store",
    ];

    private static byte[] Resource()
    {
        byte[] header = [.. "MODELBLD"u8, .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(Length), 0xab, .. new byte[Weights - 17]];
        return [.. header, 0b101010, .. Floats(2, 3, 4), 0, 0, 0, .. Floats(0.5f, -100), .. new byte[128]];
    }

    private static byte[] Floats(params float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray();

    private static Plan Plan(params string[] calls) => PlanText.Parse($"""
        modelbuild plan 1
        tool 0.1.0
        class Line
        namespace "Tests"
        source "line.onnx" 00
        id ab{new string('0', 30)}
        weights "line.weights" {Length} 192 00
        scratch 256
        input X f32 [1,3] "x"
        output Y f32 [1,2] "y"
        expand "w" MaskF32 {Weights} 0 6
        {string.Join('\n', calls)}
        """);

    private static PlanRunner Runner(params string[] calls) => new(Plan(calls), Resource());

    [TestMethod]
    public void Run_ComputesWhatTheCallsSay()
    {
        using PlanRunner runner = Runner(Calls);
        // w, by mask: [[0, 2], [0, 3], [0, 4]]
        Tensor[] y = runner.Run([Tensor.Of<float>([1, 3], [10f, 20, 30])]);
        CollectionAssert.AreEqual(new[] { 0.5f, 100 }, y[0].F32.ToArray());
        Assert.AreEqual("[1, 2]", y[0].Shape.ToString());
    }

    [TestMethod]
    public void Run_GivesTheSame_WhenManyThreadsShareARunner()
    {
        using PlanRunner runner = Runner(Calls);
        Parallel.For(0, 2000, i =>
        {
            Tensor[] y = runner.Run([Tensor.Of<float>([1, 3], [100f + i, 0, 0])]);
            Assert.AreEqual(Math.Max(0, 2 * (100f + i) - 100), y[0].F32[1]);
        });
    }

    [TestMethod]
    public void Run_NamesTheTensor_WhenALengthIsWrong()
    {
        using PlanRunner runner = Runner(Calls);
        var error = Assert.ThrowsExactly<ArgumentException>(() => runner.Run([Tensor.Of<float>([1, 2], [1f, 2])]));
        Assert.AreEqual("'x' is f32[1, 3], 12 bytes, not 8", error.Message);
    }

    [TestMethod]
    [DataRow("call Blur x=scratch+0", "the runtime has no kernel 'Blur'")]
    [DataRow("call ReluF32 x=scratch+0 y=scratch+0 shape=[1] xStrides=[1] yStrides=[1] speed=1", "the kernel 'ReluF32' has no parameter 'speed'")]
    [DataRow("call ReluF32 x=scratch+0 y=scratch+0 shape=[1] xStrides=[1]", "the call of 'ReluF32' lacks the parameter 'yStrides'")]
    [DataRow("call ReluF32 x=3 y=scratch+0 shape=[1] xStrides=[1] yStrides=[1]", "the kernel 'ReluF32' takes a Place for 'x', not '3'")]
    [DataRow("call Load x=input7 y=scratch+0 shape=[3] xStrides=[1] yStrides=[1]", "the plan has no input 7")]
    public void Construction_NamesTheFault_WhenTheRuntimeLacksWhatACallNeeds(string call, string message) =>
        Assert.AreEqual(message, Assert.ThrowsExactly<InvalidOperationException>(() => Runner(call)).Message);

    [TestMethod]
    public void Construction_NamesBothIds_WhenTheWeightsAreOfAnotherBuild()
    {
        byte[] weights = Resource();
        weights[31] = 0xff;
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => new PlanRunner(Plan(Calls), weights));
        StringAssert.Contains(error.Message, "ab0000000000000000000000000000ff");
        StringAssert.Contains(error.Message, "ab000000000000000000000000000000");
    }

    [TestMethod]
    public void Run_TakesAnyElementType()
    {
        foreach ((string word, Tensor value) in new (string, Tensor)[]
        {
            ("f32", Tensor.Of<float>([2], [1.5f, -2])), ("i64", Tensor.Of<long>([2], [1L << 40, -2])), ("i32", Tensor.Of<int>([2], [7, -2])),
            ("u8", Tensor.Of<byte>([2], [200, 2])), ("i8", Tensor.Of<sbyte>([2], [-100, 2])), ("bool", Tensor.Of<bool>([2], [true, false])),
        })
        {
            Plan plan = Plan(
                "call Load x=input0 y=scratch+0 shape=[2] xStrides=[1] yStrides=[1]",
                "call Store x=scratch+0 y=output0 shape=[2] xStrides=[1] yStrides=[1]");
            plan = plan with { Inputs = new([new("x", "X", word, new([2]))]), Outputs = new([new("y", "Y", word, new([2]))]) };
            using var runner = new PlanRunner(plan, Resource());
            CollectionAssert.AreEqual(value.Bytes.ToArray(), runner.Run([value])[0].Bytes.ToArray(), word);
        }
    }

    [TestMethod]
    public void Construction_CompilesEveryCall_WhenThereAreThousands()
    {
        using PlanRunner runner = Runner([Calls[0], .. Enumerable.Repeat("call AddF32 a=scratch+0 b=scratch+0 y=scratch+0 shape=[3] aStrides=[1] bStrides=[1] yStrides=[1]", 10), .. Enumerable.Repeat("call ReluF32 x=scratch+0 y=scratch+0 shape=[3] xStrides=[1] yStrides=[1]", 3000), "call Store x=scratch+0 y=output0 shape=[2] xStrides=[1] yStrides=[1]"]);
        CollectionAssert.AreEqual(new[] { 1024f, 2048 }, runner.Run([Tensor.Of<float>([1, 3], [1f, 2, 3])])[0].F32.ToArray());
    }
}
