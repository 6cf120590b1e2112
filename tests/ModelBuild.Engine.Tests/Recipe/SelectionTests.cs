namespace ModelBuild.Engine.Tests;

[TestClass]
public class SelectionTests
{
    [TestMethod]
    [DataRow("", "", true)]
    [DataRow("conv1", "", true)]
    [DataRow("CONV1", "", true)]
    [DataRow("conv2", "", false)]
    [DataRow("Relu", "", true)]
    [DataRow("Conv", "", false)]
    [DataRow("", "conv1", false)]
    [DataRow("", "Relu", false)]
    [DataRow("conv1", "Relu", true)]
    [DataRow("Relu", "conv1", false)]
    [DataRow("Relu", "conv*", false)]
    [DataRow("conv*", "Relu", true)]
    [DataRow("conv1", "conv*", true)]
    [DataRow("c*", "conv*", false)]
    [DataRow("conv*", "c*", true)]
    [DataRow("conv*", "*onv1", false)]
    [DataRow("Relu", "*", true)]
    [DataRow("*", "Relu", false)]
    [DataRow("*o*1", "", true)]
    [DataRow("conv1*conv1", "", false)]
    [DataRow("conv2 Relu", "", true)]
    public void Selects_TakesTheNarrower_WhenSeveralEntriesMatch(string only, string except, bool selected) =>
        Assert.AreEqual(selected, new Selection(new(only.Split(' ', StringSplitOptions.RemoveEmptyEntries)), new(except.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Selects(new Node("conv1", new Relu(), default, default)));
}
