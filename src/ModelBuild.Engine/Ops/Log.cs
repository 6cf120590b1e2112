namespace ModelBuild.Engine;

/// <summary>The natural logarithm.</summary>
internal sealed record Log : Unary
{
    protected override double Apply(double x) => Math.Log(x);
}
