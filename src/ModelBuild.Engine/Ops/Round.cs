namespace ModelBuild.Engine;

/// <summary>The nearest integer, of two the even one.</summary>
internal sealed record Round : Unary
{
    protected override double Apply(double x) => Math.Round(x);
}
