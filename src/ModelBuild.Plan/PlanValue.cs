using System;
using System.Globalization;
using System.Linq;

namespace ModelBuild;

/// <summary>The value of a call's argument, read from the plan's notation (README.md).</summary>
internal abstract record PlanValue
{
    private PlanValue()
    {
    }

    public sealed record Integer(int Value) : PlanValue;

    public sealed record Single(float Value) : PlanValue;

    public sealed record List(EquatableArray<int> Values) : PlanValue;

    /// <summary>A place, in bytes from the start of its block.</summary>
    public sealed record Place(PlanBlock Block, int Offset) : PlanValue;

    /// <summary>The caller's span for the input of this index.</summary>
    public sealed record Input(int Index) : PlanValue;

    /// <summary>The caller's span for the output of this index.</summary>
    public sealed record Output(int Index) : PlanValue;

    /// <summary>No place: an operand that is absent.</summary>
    public sealed record None : PlanValue;

    /// <exception cref="FormatException">The text is no such value.</exception>
    public static PlanValue Parse(string text)
    {
        if (text == "none")
            return new None();
        if (text.Length > 1 && text[0] == '[' && text[text.Length - 1] == ']')
            return new List(new(text.Length == 2 ? [] : text.Substring(1, text.Length - 2).Split(',').Select(Number)));
        if (Tail("input", out int index))
            return new Input(index);
        if (Tail("output", out index))
            return new Output(index);
        if (Tail("scratch+", out int offset))
            return new Place(PlanBlock.Scratch, offset);
        if (Tail("weights+", out offset))
            return new Place(PlanBlock.Weights, offset);
        if (Tail("expanded+", out offset))
            return new Place(PlanBlock.Expanded, offset);
        return text.EndsWith("f", StringComparison.Ordinal) ? new Single(Float(text.Substring(0, text.Length - 1))) : new Integer(Number(text));

        bool Tail(string head, out int number)
        {
            number = 0;
            if (!text.StartsWith(head, StringComparison.Ordinal))
                return false;
            number = Number(text.Substring(head.Length));
            return true;
        }
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        ? value
        : throw new FormatException("'" + text + "' is no value");

    private static float Float(string text) => text switch
    {
        "inf" => float.PositiveInfinity,
        "-inf" => float.NegativeInfinity,
        "NaN" => float.NaN,
        _ => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value : throw new FormatException("'" + text + "f' is no value"),
    };
}

/// <summary>The blocks of memory that a kernel works on.</summary>
internal enum PlanBlock { Scratch, Weights, Expanded }
