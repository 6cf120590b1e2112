using System.Text.RegularExpressions;

namespace ModelBuild.Engine.Tests;

[TestClass]
public partial class DiagnosticsTests
{
    [TestMethod]
    public void Table_IsOrderedAndDistinct() => CollectionAssert.AreEqual(Diagnostics.Table.Select(r => r.Id).Order(StringComparer.Ordinal).Distinct().ToArray(), Diagnostics.Table.Select(r => r.Id).ToArray());

    [TestMethod]
    public void Rows_HaveTitlesAndTexts()
    {
        foreach (DiagnosticRow row in Diagnostics.Table)
        {
            Assert.IsTrue(Id().IsMatch(row.Id) && row.Title.Length > 0 && !row.Title.EndsWith('.'), row.Id);
            Assert.AreEqual(row.Format.Count(c => c == '{'), Placeholder().Count(row.Format), row.Id);
        }
    }

    [TestMethod]
    public void Text_PutsValuesInPlaceOfNames_InOrder() =>
        Assert.AreEqual("a {b} a 1.5", new DiagnosticRow("MB1", Severity.Error, "", "{x} {y} {x} {z}").Text("a", "{b}", 1.5));

    [GeneratedRegex("^MB[1239][0-9]{3}$")]
    private static partial Regex Id();

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex Placeholder();
}
