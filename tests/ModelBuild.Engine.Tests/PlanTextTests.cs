using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class PlanTextTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char["aZ0 ._-#=\"\\\n\t/é\u2028"], 0, 12];

    private static readonly Gen<string> Word = Gen.String[Gen.Char["abcXYZ019.+"], 1, 10];

    private static readonly Gen<PlanTensor> Tensor =
        from name in Name from identifier in Word from shape in Gen.Int[0, 9999].Array[0, 5] from zero in Gen.Int[-129, 255]
        select new PlanTensor(name, identifier, "f32", new(shape), zero < -128 ? null : new("0.0078125", zero));

    private static readonly Gen<PlanCall> Call =
        from kernel in Word
        from arguments in Gen.Select(Word, Word).Array[0, 4]
        from comment in Gen.String[Gen.Char["ab #=1×→"], 0, 9]
        select new PlanCall(kernel, new(arguments.Select(a => new PlanArgument(a.Item1, a.Item2))), comment);

    private static readonly Gen<Plan> Plans =
        from inputs in Tensor.Array[1, 3]
        from outputs in Tensor.Array[1, 3]
        from labels in Name.Array[0, 4]
        from facts in Gen.Select(Word, Name).Array[0, 3]
        from calls in Call.Array[0, 5]
        from numbers in Gen.Int[0, int.MaxValue].Array[6, 9]
        from names in Name.Array[4]
        select new Plan("0.1.0", "Digits", names[0], new(names[1], "00ff"), "0123", new(names[2], numbers[0], numbers[1], "beef"), numbers[2], numbers[3] % 2 == 0,
            new(inputs), new(outputs), new(labels), new(facts.Select(f => new PlanFact(f.Item1, f.Item2))),
            new([new PlanExpansion(names[3], "MaskF32", numbers[3], numbers[4], numbers[5], numbers[0] % 2 == 0 ? "" : "Winograd2", new(numbers[6..]))]), new(calls),
            numbers[1] % 2 == 0 ? null : new(0, numbers[4], new(["0.5", "1"]), new(["-1E-05", "0"]), new(["1", "2"])),
            numbers[2] % 2 == 0 ? "" : Plan.OnnxRuntime);

    [TestMethod]
    public void Parse_ReturnsAnEqualPlan_WhenGivenWhatWriteWrote() =>
        Plans.Sample(plan => Assert.AreEqual(plan, PlanText.Parse(PlanText.Write(plan))), iter: 500);

    [TestMethod]
    public void Parse_NamesBothFormats_WhenThePlanIsOfAnother()
    {
        var error = Assert.ThrowsExactly<PlanFormatException>(() => PlanText.Parse("modelbuild plan 7\ntool 9.9.9\n"));
        Assert.AreEqual("7", error.Format);
        Assert.AreEqual("line 1: plan format 7, and this generator reads format 1", error.Message);
    }

    [TestMethod]
    [DataRow("call ConvF32F32 x")]
    [DataRow("input image f32")]
    [DataRow("label \"seven")]
    [DataRow("expand a MaskF32 1 2 99999999999")]
    public void Parse_NamesTheLine_WhenItCannotBeRead(string line)
    {
        var error = Assert.ThrowsExactly<PlanFormatException>(() => PlanText.Parse("modelbuild plan 1\ntool 0.1.0\n" + line + "\n"));
        StringAssert.StartsWith(error.Message, "line 3: '" + line + "'");
    }

    [TestMethod]
    public void Write_KeepsOneLineACall_WhenANodeIsNamedLikeAPlan()
    {
        Plan plan = Plans.Single() with { Calls = new([new PlanCall("ReluF32", default, "a\r\ncall Evil\u2028x")]) };
        Assert.AreEqual("a  call Evil x", PlanText.Parse(PlanText.Write(plan)).Calls[0].Comment);
    }

    [TestMethod]
    public void Parse_NamesTheMissingLine_WhenThePlanIsCutShort()
    {
        var error = Assert.ThrowsExactly<PlanFormatException>(() => PlanText.Parse("modelbuild plan 1\ntool 0.1.0\n"));
        StringAssert.Contains(error.Message, "'class'");
    }
}
