using System.Text.RegularExpressions;

namespace ModelBuild.EndToEnd;

/// <summary>What a program printed, and how it ended.</summary>
internal sealed partial record Output(int Code, string Text)
{
    /// <summary>The distinct lines that report an error or a warning.</summary>
    public string[] Errors => Lines(ErrorLine());

    public string[] Warnings => Lines(WarningLine());

    public Output Good()
    {
        Assert.AreEqual(0, Code, Text);
        return this;
    }

    public Output Bad()
    {
        Assert.AreNotEqual(0, Code, Text);
        return this;
    }

    /// <summary>Fails unless the build reported just one error, which has the number and stands at the place.</summary>
    public string TheError(string id, string place)
    {
        Bad();
        Assert.AreEqual(1, Errors.Length, Text);
        StringAssert.Contains(Errors[0], id, Text);
        StringAssert.StartsWith(Errors[0], place, Text);
        return Errors[0];
    }

    private string[] Lines(Regex pattern) => [.. Text.Split('\n').Select(l => l.Trim()).Where(l => pattern.IsMatch(l)).Distinct()];

    [GeneratedRegex(@"\berror [A-Z]+\d+\b")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"\bwarning [A-Z]+\d+\b")]
    private static partial Regex WarningLine();
}
