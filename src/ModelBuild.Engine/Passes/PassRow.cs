using System.ComponentModel;
using System.Reflection;

namespace ModelBuild.Engine;

/// <summary>
/// A step that recipes may name. Where several rows share a name, the word that comes first in the parentheses chooses (<c>quantize(fp16)</c>), and is
/// <paramref name="Form"/>; else it is empty.
/// </summary>
internal sealed record PassRow(string Name, string Form, string Doc, EquatableArray<PassParameter> Parameters, ConstructorInfo Constructor)
{
    /// <summary>What every step takes.</summary>
    public static readonly EquatableArray<PassParameter> Common = new(
    [
        new PassParameter("only", typeof(EquatableArray<string>), false, null, "the nodes to change: names, patterns with * or operators; the narrower of only and except wins", double.NegativeInfinity, double.PositiveInfinity),
        new PassParameter("except", typeof(EquatableArray<string>), false, null, "the nodes to leave alone", double.NegativeInfinity, double.PositiveInfinity),
        new PassParameter("max-error", typeof(double), false, null, "the build fails where a layer that the step may change then differs from the float model's by more: max|y − r| / max|r| on up to 16 calibration samples", 0, double.PositiveInfinity),
    ]);

    public static PassRow Of<T>(string name, string form = "") where T : Pass
    {
        ConstructorInfo constructor = typeof(T).GetConstructors().Single();
        string doc = typeof(T).GetCustomAttribute<DescriptionAttribute>()?.Description ?? throw new InvalidOperationException($"{typeof(T).Name} has no description");
        return new PassRow(name, form, doc, new(constructor.GetParameters().Select(PassParameter.Of)), constructor);
    }

    /// <summary><c>prune</c>, <c>quantize(fp16)</c>.</summary>
    public string Title => Form.Length == 0 ? Name : $"{Name}({Form})";

    /// <summary>The pass, of values by parameter.</summary>
    public Pass Make(IReadOnlyDictionary<PassParameter, object> values)
    {
        EquatableArray<string> Entries(int common) => values.TryGetValue(Common[common], out object? entries) ? (EquatableArray<string>)entries : default;
        var pass = (Pass)Constructor.Invoke([.. Parameters.Select(p => values.GetValueOrDefault(p) ?? p.Default)]);
        return pass with { Nodes = new Selection(Entries(0), Entries(1)), MaxError = (double?)values.GetValueOrDefault(Common[2]) };
    }
}
