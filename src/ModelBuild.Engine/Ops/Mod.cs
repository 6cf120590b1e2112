namespace ModelBuild.Engine;

/// <summary>What is left of a / b, with b's sign; with <paramref name="Fmod"/>, as of floats always, with a's. Integers: 0 where b is 0.</summary>
internal sealed record Mod(bool Fmod = false) : Binary
{
    protected override double Apply(double a, double b) => a % b;

    protected override long Apply(long a, long b)
    {
        long rest = b is 0 or -1 ? 0 : a % b;
        return !Fmod && rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    protected override string Kernel(TensorType[] inputs) => (Fmod || inputs[0].Element.IsFloat() ? "Fmod" : Name) + Element(inputs).Suffix();
}
