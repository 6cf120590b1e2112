namespace ModelBuild.Engine;

/// <summary>Where along an axis the smallest element is: int64.</summary>
internal sealed record ArgMin(int Axis = 0, bool KeepDims = true, bool SelectLastIndex = false) : Arg(Axis, KeepDims, SelectLastIndex)
{
    protected override bool Better(double a, double b) => a < b;
}
