using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
public class RecipeParserTests
{
    private static readonly Gen<string> Name =
        from first in Gen.Char["abcXYZ"]
        from rest in Gen.String[Gen.Char["abcXYZ019-"], 0, 8]
        select first + rest;

    private static readonly Gen<Value> Scalar = Gen.OneOf<Value>(
        from amount in Gen.Double[-1e9, 1e9] from unit in Gen.Int[0, 4].Select(i => new[] { "", "%", "KB", "KiB", "b" }[i]) select new NumberValue(amount, unit, default),
        from word in Name select new WordValue(word, default),
        from text in Gen.String[Gen.Char["ab/*._ \"|(,:[]ü\t"], 0, 9] select new StringValue(text, default),
        from text in Gen.String[Gen.Char["ab/*._ '|(,:[]ü\t"], 0, 9] select new StringValue(text, default));

    private static readonly Gen<Value> AnyValue = Gen.OneOf(Scalar, from values in Gen.OneOf(Scalar, List(Scalar)).Array[1, 3] select (Value)new ListValue(new(values), default));

    private static readonly Gen<Step> AnyStep =
        from name in Name
        from first in Gen.Select(Gen.Bool, Name, AnyValue)
        from rest in Gen.Select(Name, AnyValue).Array[0, 3]
        from bare in Gen.Bool
        select new Step(name, bare ? default : new([new Argument(first.Item1 ? "" : first.Item2, first.Item3, default), .. rest.Select(r => new Argument(r.Item1, r.Item2, default))]), default);

    private static Gen<Value> List(Gen<Value> values) => from list in values.Array[1, 3] select (Value)new ListValue(new(list), default);

    [TestMethod]
    public void Parse_ReturnsAnEqualRecipe_WhenGivenWhatPrintingWrote() =>
        AnyStep.Array[1, 4].Select(steps => new Recipe(new(steps))).Sample(recipe => Assert.AreEqual(recipe, Parse(recipe.ToString())), iter: 2000);

    [TestMethod]
    public void Parse_ReturnsARecipeOrADiagnostic_WhenTheTextIsAnything() =>
        Gen.String[Gen.Char["ab1.%-KB|(),:[]'\" \n\0é"], 0, 30].Sample(text =>
        {
            try
            {
                Parse(text);
            }
            catch (DiagnosticException e)
            {
                Assert.AreEqual("MB1001", e.Diagnostic.Id);
            }
        }, iter: 5000);

    [TestMethod]
    [DataRow("")]
    [DataRow(" \n ")]
    public void Parse_GivesNoSteps_WhenTheRecipeIsEmpty(string text) => Assert.AreEqual(0, Parse(text).Steps.Count);

    [TestMethod]
    public void Parse_StopsAtALimit_WhenListsAreNestedWithoutEnd() =>
        StringAssert.Contains(Assert.ThrowsExactly<DiagnosticException>(() => Parse("a(" + new string('[', 100_000))).Message, "MB1001");

    [TestMethod]
    [DataRow("prune(0.5", "the end where ',' or ')' is expected",
        "    prune(0.5",
        "             ^")]
    [DataRow("prune(0.5) quantize(fp16)", "'quantize' where '|' or the end is expected",
        "    prune(0.5) quantize(fp16)",
        "               ^~~~~~~~")]
    [DataRow("prune(0.5, 3)", "only a step's first argument may lack its key; write KEY: 3",
        "    prune(0.5, 3)",
        "               ^")]
    [DataRow("prune(30 XB)", "'XB' where ',' or ')' is expected",
        "    prune(30 XB)",
        "             ^~")]
    [DataRow("prune(30XB)", "'XB' is no unit; units: %, B, KB, MB, GB, KiB, MiB, GiB",
        "    prune(30XB)",
        "          ^~~~")]
    [DataRow("prune(0.5, only: conv*)", "'*' can't stand here; a word is letters, digits and '-', and a name with other characters stands in quotes: 'conv*', '/layers.0/Conv'",
        "    prune(0.5, only: conv*)",
        "                         ^")]
    [DataRow("prune(0.5, only: 'conv)", "the string that begins here has no closing '",
        "    prune(0.5, only: 'conv)",
        "                     ^~~~~~")]
    [DataRow("prune(0.5) |", "the end where a step's name is expected",
        "    prune(0.5) |",
        "                ^")]
    [DataRow("prune(1e999)", "the number '1e999' is too large",
        "    prune(1e999)",
        "          ^~~~~")]
    public void Parse_PointsAtTheFault_WhenTheTextIsNoRecipe(string text, string why, string excerpt, string caret)
    {
        var error = Assert.ThrowsExactly<DiagnosticException>(() => Parse(text));
        Assert.AreEqual($"app.csproj(12): error MB1001: {why}\n{excerpt}\n{caret}", error.Message);
    }

    [TestMethod]
    public void Parse_ShowsAWindow_WhenTheRecipeIsLong()
    {
        string steps = string.Join(" | ", Enumerable.Repeat("prune(0.5)", 40));
        string[] lines = Assert.ThrowsExactly<DiagnosticException>(() => Parse(steps + " | ? | " + steps)).Message.Split('\n');
        Assert.AreEqual('?', lines[1][lines[2].IndexOf('^')]);
        Assert.IsTrue(lines[1].Length < 140);
    }

    private static Recipe Parse(string text) => RecipeParser.Parse(new RecipeSource(new Site("app.csproj", 12), text, ""));
}
