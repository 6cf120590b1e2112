using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Where something stands in a recipe's text. Two recipes that say the same are equal wherever it stands.</summary>
internal readonly record struct Extent(int Start, int Length)
{
    public bool Equals(Extent other) => true;

    public override int GetHashCode() => 0;
}

/// <summary>What a recipe's text says, before anyone asks what it means. <see cref="ToString"/> and <see cref="RecipeParser"/> are each other's inverse.</summary>
internal sealed record Recipe(EquatableArray<Step> Steps)
{
    public override string ToString() => string.Join(" | ", Steps);
}

/// <summary>A step, or the name of a recipe.</summary>
internal sealed record Step(string Name, EquatableArray<Argument> Arguments, Extent At)
{
    public override string ToString() => Arguments.Count == 0 ? Name : $"{Name}({string.Join(", ", Arguments)})";
}

/// <summary>An argument; <paramref name="Key"/> is empty where none is written.</summary>
internal sealed record Argument(string Key, Value Value, Extent At)
{
    public override string ToString() => Key.Length == 0 ? $"{Value}" : $"{Key}: {Value}";
}

internal abstract record Value(Extent At);

/// <summary>A number as written; <see cref="Quantity"/> says what its unit makes of it.</summary>
internal sealed record NumberValue(double Amount, string Unit, Extent At) : Value(At)
{
    public override string ToString() => Amount.ToString("R", CultureInfo.InvariantCulture) + Unit;
}

internal sealed record WordValue(string Text, Extent At) : Value(At)
{
    public override string ToString() => Text;
}

internal sealed record StringValue(string Text, Extent At) : Value(At)
{
    public override string ToString() => Text.Contains('\'') ? $"\"{Text}\"" : $"'{Text}'";
}

internal sealed record ListValue(EquatableArray<Value> Values, Extent At) : Value(At)
{
    public override string ToString() => $"[{string.Join(", ", Values)}]";
}
