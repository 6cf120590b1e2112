using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>A kernel call before views have their places in memory.</summary>
internal sealed record LoweredCall(string Kernel, (string Name, object? Value)[] Arguments, string Comment)
{
    /// <summary>The line of the plan; once every buffer has its place.</summary>
    public PlanCall ToPlan() => new(Kernel, new(Arguments.Select(a => new PlanArgument(a.Name, Render(a.Value)))), Comment);

    private static string Render(object? value) => value switch
    {
        null => "none",
        int i => i.ToString(CultureInfo.InvariantCulture),
        float f => float.IsInfinity(f) ? f > 0 ? "inff" : "-inff" : f.ToString("R", CultureInfo.InvariantCulture) + "f",
        Ints list => "[" + string.Join(",", list.Select(i => i.ToString(CultureInfo.InvariantCulture))) + "]",
        View view => $"{view.Buffer.Space.ToString().ToLowerInvariant()}+{view.Buffer.Offset + view.Start * view.Element.Bytes()}",
        string word => word,
        _ => throw new ArgumentException(value.GetType().Name),
    };
}
