namespace ModelBuild.Engine.Tests;

[TestClass]
public class MetadataTests : DataTest
{
    private static readonly CompileRequest Empty = new("m.onnx", "M", "N", Project: "app.csproj", Line: 3);

    [TestMethod]
    public void Budgets_AreNull_WhenTheItemHasNone() => Assert.AreEqual(new Budgets(null, null, null, null, null, Severity.Error), Budgets.Read(Empty));

    [TestMethod]
    [DataRow("30000", 30_000)]
    [DataRow("30KB", 30_000)]
    [DataRow("30 kb", -1)]
    [DataRow(" 1.5KB ", 1_500)]
    [DataRow("30KiB", 30_720)]
    [DataRow("2MB", 2_000_000)]
    [DataRow("1GiB", 1_073_741_824)]
    [DataRow("0", 0)]
    [DataRow("50%", -1)]
    [DataRow("-1", -1)]
    [DataRow("30XB", -1)]
    [DataRow("1e99", -1)]
    [DataRow("KB", -1)]
    public void Budgets_ReadBytes_InDecimalAndBinaryUnits(string text, long bytes)
    {
        foreach (var (name, request) in new[] { ("MaxSize", Empty with { MaxSize = text }), ("MaxScratch", Empty with { MaxScratch = text }) })
        {
            if (bytes >= 0)
                Assert.AreEqual(bytes, name == "MaxSize" ? Budgets.Read(request).MaxSize : Budgets.Read(request).MaxScratch);
            else
                Assert.AreEqual($"app.csproj(3): error MB1010: {name}=\"{text}\" can't be read; valid: a number of bytes, like 30000, 30KB (1,000 bytes each) or 30KiB (1,024)", Message(() => Budgets.Read(request)));
        }
    }

    [TestMethod]
    public void Budgets_ReadNumbers_AndShares()
    {
        Budgets budgets = Budgets.Read(Empty with { MaxAccuracyDrop = "1%", MaxError = "5e-2", MaxMacs = "6e6", Budgets = "Warning" });
        Assert.AreEqual((0.01, 0.05, 6_000_000, Severity.Warning), (budgets.MaxAccuracyDrop, budgets.MaxError, budgets.MaxMacs, budgets.Severity));
        Assert.AreEqual("app.csproj(3): error MB1010: MaxMacs=\"6MB\" can't be read; valid: a number, like 6000000 or 6e6", Message(() => Budgets.Read(Empty with { MaxMacs = "6MB" })));
        Assert.AreEqual("app.csproj(3): error MB1010: MaxAccuracyDrop=\"2\" can't be read; valid: a number from 0 to 1, like 0.01, or a share, like 1%", Message(() => Budgets.Read(Empty with { MaxAccuracyDrop = "2" })));
        Assert.AreEqual("app.csproj(3): error MB1010: MaxError=\"1KB\" can't be read; valid: a number from 0, like 0.01, or a share, like 1%", Message(() => Budgets.Read(Empty with { MaxError = "1KB" })));
        Assert.AreEqual("app.csproj(3): error MB1010: Budgets=\"warn\" can't be read; valid: error or warning; did you mean 'warning'?", Message(() => Budgets.Read(Empty with { Budgets = "warn" })));
    }

    [TestMethod]
    public void Dimensions_AreReadByName()
    {
        IReadOnlyDictionary<string, int> lengths = Dimensions.Read(Empty with { Dimensions = " seq=128; width = 192 ;a=b=3;" });
        Assert.AreEqual("a=b 3, seq 128, width 192", string.Join(", ", lengths.OrderBy(l => l.Key).Select(l => $"{l.Key} {l.Value}")));
    }

    [TestMethod]
    [DataRow("seq", "NAME=LENGTH, separated by ';', lengths from 1 (at 'seq')")]
    [DataRow("seq=0", "NAME=LENGTH, separated by ';', lengths from 1 (at 'seq=0')")]
    [DataRow("a=1;seq=12x", "NAME=LENGTH, separated by ';', lengths from 1 (at 'seq=12x')")]
    [DataRow("=5", "NAME=LENGTH, separated by ';', lengths from 1 (at '=5')")]
    [DataRow("a=1;a=2", "one length a name ('a' has two)")]
    public void Dimensions_NameTheEntry_WhenItIsWrong(string text, string valid) =>
        Assert.AreEqual($"app.csproj(3): error MB1010: Dimensions=\"{text}\" can't be read; valid: {valid}", Message(() => Dimensions.Read(Empty with { Dimensions = text })));

    [TestMethod]
    public void Labels_AreLines_AsManyAsTheOutputHasClasses()
    {
        string file = Scratch.Write("labels.txt", "\ufeffzero\r\nübung\r\n two three \r\n\r\n");
        CompileRequest request = Request("") with { Labels = "labels.txt" };
        Assert.AreEqual((new EquatableArray<string>(["zero", "übung", "two three"]), file), LabelsFile.Read(request, "scores", [1, 3]));
        Assert.AreEqual((default(EquatableArray<string>), null), LabelsFile.Read(Request(""), "scores", [1, 3]));
        StringAssert.EndsWith(Message(() => LabelsFile.Read(request, "scores", [1, 4])), "error MB1012: labels '" + file + "': 3 labels, and the output 'scores' [1, 4] has 4 classes (its last axis)");
    }

    [TestMethod]
    [DataRow(new byte[] { (byte)'a', 10, 10, (byte)'b' }, "line 2 is empty; every class needs a label")]
    [DataRow(new byte[] { (byte)'a', 0xff, 0xfd }, "the file is not UTF-8 text")]
    [DataRow(null, "the file does not exist")]
    public void Labels_SayWhatIsWrong_WhenTheFileIsNoList(byte[]? content, string why)
    {
        if (content != null)
            Scratch.Write("l.txt", content);
        StringAssert.EndsWith(Message(() => LabelsFile.Read(Request("") with { Labels = "l.txt" }, "scores", [1, 3])), why);
    }

    private static string Message(Action action) => Assert.ThrowsExactly<DiagnosticException>(action).Message;
}
