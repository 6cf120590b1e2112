using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace ModelBuild.Engine;

/// <summary>A key of a step, as the record's constructor declares it. Without a default it must be given.</summary>
internal sealed record PassParameter(string Key, Type Type, bool Required, object? Default, string Doc, double Least, double Most)
{
    public static PassParameter Of(ParameterInfo parameter)
    {
        RangeAttribute? range = parameter.GetCustomAttribute<RangeAttribute>();
        return new PassParameter(Kebab(parameter.Name!), Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType, !parameter.HasDefaultValue,
            parameter.HasDefaultValue && parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, parameter.DefaultValue!) : parameter.HasDefaultValue ? parameter.DefaultValue : null,
            parameter.GetCustomAttribute<DescriptionAttribute>()?.Description ?? throw new InvalidOperationException($"{parameter.Member.DeclaringType!.Name}'s parameter {parameter.Name} has no description"),
            Convert.ToDouble(range?.Minimum ?? double.NegativeInfinity, CultureInfo.InvariantCulture), Convert.ToDouble(range?.Maximum ?? double.PositiveInfinity, CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a key as it was written is this one: <c>maxDrop</c> is as good as <c>max-drop</c>.</summary>
    public bool Is(string key) => Key.Replace("-", "").Equals(key.Replace("-", ""), StringComparison.OrdinalIgnoreCase);

    /// <summary>What may be written, for messages and the documentation: <c>0 to 1</c>, <c>local or global</c>.</summary>
    public string Valid
    {
        get
        {
            if (Type.IsEnum)
                return string.Join(" or ", Enum.GetNames(Type).Select(Kebab));
            if (Type == typeof(bool))
                return "true or false";
            if (Type == typeof(EquatableArray<string>))
                return "a name, a pattern or an operator, or a list of them in [ ]";
            if (Type == typeof(string))
                return "a word or a string in quotes";
            string number = Type == typeof(double) ? "a number" : "a whole number";
            return (double.IsFinite(Least), double.IsFinite(Most)) switch
            {
                (true, true) => string.Create(CultureInfo.InvariantCulture, $"{number} from {Least} to {Most}"),
                (true, false) => string.Create(CultureInfo.InvariantCulture, $"{number} of at least {Least}"),
                (false, true) => string.Create(CultureInfo.InvariantCulture, $"{number} of at most {Most}"),
                _ => number,
            };
        }
    }

    /// <summary>The default as it would be written in a recipe; empty where there is none.</summary>
    public string DefaultText => Default switch
    {
        null => "",
        Enum value => Kebab(value.ToString()),
        bool value => value ? "true" : "false",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString()!,
    };

    /// <summary>The value that was written as the parameter's type has it, or null where it isn't one.</summary>
    public object? Read(Value value) => (value, Type) switch
    {
        (WordValue word, { IsEnum: true }) => Enum.GetNames(Type).FirstOrDefault(n => Kebab(n).Equals(word.Text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(Type, name) : null,
        (WordValue word, _) when Type == typeof(bool) => bool.TryParse(word.Text, out bool flag) ? flag : null,
        (WordValue word, _) when Type == typeof(string) => word.Text,
        (StringValue text, _) when Type == typeof(string) => text.Text,
        (NumberValue number, _) when Type == typeof(double) => InRange(Quantity.Of(number.Amount, number.Unit)),
        (NumberValue number, _) when Type == typeof(int) => Quantity.Of(number.Amount, number.Unit) is var whole && whole == Math.Truncate(whole) && Math.Abs(whole) <= int.MaxValue ? (int?)InRange(whole) : null,
        (WordValue or StringValue, _) when Type == typeof(EquatableArray<string>) => new EquatableArray<string>([Text(value)!]),
        (ListValue list, _) when Type == typeof(EquatableArray<string>) => list.Values.All(v => Text(v) != null) ? new EquatableArray<string>(list.Values.Select(v => Text(v)!)) : null,
        _ => null,
    };

    private double? InRange(double number) => number >= Least && number <= Most ? number : null;

    private static string? Text(Value value) => value switch { WordValue word => word.Text, StringValue text => text.Text, _ => null };

    /// <summary><c>PerChannel</c> → <c>per-channel</c>.</summary>
    private static string Kebab(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
