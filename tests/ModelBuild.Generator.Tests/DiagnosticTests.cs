using Microsoft.CodeAnalysis;

namespace ModelBuild.Generator.Tests;

[TestClass]
public class DiagnosticTests
{
    private static PlanFileText Changed(string from, string to, string path = "/project/obj/shift.plan") => new(path, from == "" ? GoldenTests.Plan("Shift").Text : GoldenTests.Plan("Shift").Text.Replace(from, to));

    private static string Only(params PlanFileText[] plans)
    {
        GeneratorRunResult result = Compiled.Generate(plans);
        Assert.IsEmpty(result.GeneratedSources);
        Diagnostic diagnostic = result.Diagnostics.First();
        Assert.AreEqual(DiagnosticSeverity.Error, diagnostic.Severity);
        return $"{diagnostic.Location.GetLineSpan().Path}({diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}) {diagnostic.Id} {diagnostic.GetMessage()}";
    }

    [TestMethod]
    public void MB4001_NamesBothFormatsAndTheRemedy_WhenThePlanIsOfAnother() => Assert.AreEqual(
        "/project/obj/shift.plan(1) MB4001 the plan is of format 7, and this generator reads format 1: the tool and the generator are of different versions of ModelBuild. "
        + "Reference one version of the package, restart the compiler server (dotnet build-server shutdown) and rebuild",
        Only(Changed("modelbuild plan 1", "modelbuild plan 7")));

    [TestMethod]
    [DataRow("modelbuild plan 1", "<html>", 1, "not a plan")]
    [DataRow("scratch 128", "scratch much", 8, "'much' is no number of bytes")]
    [DataRow("f32 [1,3] \"image\"", "f32 [1,3", 10, "'input Image f32 [1,3'")]
    [DataRow("input Image f32", "input Image f3", 1, "'image' has the type 'f3'")]
    [DataRow("input Image f32", "input Ima_ge f32", 1, "'Ima_ge' is no name for a tensor")]
    [DataRow("y=scratch+64", "y=evil()", 1, "'evil()' is no value")]
    [DataRow("y=output0", "y=output1", 1, "there is no output 1")]
    [DataRow("call AddF32", "call Add;Evil", 1, "'Add;Evil' names no kernel")]
    [DataRow("MaskF32", "Mask()", 1, "'Mask()' names no kernel")]
    [DataRow("namespace \"Samples\"", "namespace \"Sam ples\"", 1, "'Sam ples' is no namespace")]
    [DataRow("output Scores f32 [1,3] \"scores\"\n", "", 1, "there is no output")]
    public void MB4002_NamesTheFault_WhenThePlanCannotBeRead(string from, string to, int line, string part)
    {
        string message = Only(Changed(from, to));
        StringAssert.StartsWith(message, $"/project/obj/shift.plan({line}) MB4002 the plan can't be read: ");
        StringAssert.Contains(message, part);
        StringAssert.EndsWith(message, ". Delete the obj folder and rebuild");
    }

    [TestMethod]
    public void MB4003_NamesBothTensors_WhenTheirNamesMeet()
    {
        string message = Only(Changed("output Scores f32 [1,3] \"scores\"", "output Image f32 [1,3] \"IMAGE\""));
        StringAssert.EndsWith(message, "MB4003 the tensors input 'image' and output 'IMAGE' both become 'Image' in C#; rename one of them");
    }

    [TestMethod]
    public void MB4003_NamesBothLabels_WhenTheyMeet()
    {
        string message = Only(Changed("label \"cat\"", "label \"golden-retriever\""));
        StringAssert.EndsWith(message, "MB4003 the labels 'golden-retriever' and 'golden retriever' both become 'GoldenRetriever' in C#; rename one of them");
    }

    [TestMethod]
    public void MB4004_NamesBothPlans_WhenTheyBecomeOneClass()
    {
        string message = Only(Changed("", "", "/project/obj/a.plan"), Changed("class Shift", "class SHIFT", "/project/obj/b.plan"));
        StringAssert.EndsWith(message, "MB4004 the class Samples.Shift comes from more than one model: /project/obj/a.plan and /project/obj/b.plan. Give one of the <Model> items another Class or Namespace");
    }

    [TestMethod]
    [DataRow("Run", "one of its members is called so")]
    [DataRow("class", "it is no identifier of C#")]
    [DataRow("record", "C# gives the word another meaning")]
    [DataRow("a;b", "it is no identifier of C#")]
    public void MB4005_SaysWhy_WhenTheClassCannotHaveItsName(string name, string why) => Assert.AreEqual(
        $"/project/obj/shift.plan(1) MB4005 '{name}' can't be the name of the class: {why}. Give the <Model> item another Class", Only(Changed("class Shift", "class " + name)));

    [TestMethod]
    public void MB4006_NamesTheOutput_WhenLabelsHaveNoScores() => StringAssert.EndsWith(
        Only(Changed("output Scores f32", "output Scores i64")), "MB4006 Labels need a first output of float32, and 'scores' is i64. Remove Labels from the <Model> item");

    [TestMethod]
    public void OtherModels_AreStillWritten_WhenOnePlanIsAtFault()
    {
        GeneratorRunResult result = Compiled.Generate(Changed("modelbuild plan 1", "modelbuild plan 7"), GoldenTests.Plan("TwoHeads"));
        Assert.AreEqual("Samples.Deep.TwoHeads.g.cs", result.GeneratedSources.Single().HintName);
    }
}
