using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace ModelBuild;

/// <summary>
/// The names of the generated class, made from names that came from outside. The engine makes them and the plan carries them (<see cref="PlanTensor.Identifier"/>);
/// the generator makes parameters and labels of what the plan carries. All are letters and digits only, so that a name of the generator's own with '_' in it is free.
/// </summary>
internal static class Identifiers
{
    /// <summary>What the generated class itself declares or inherits, and what it calls its parameters; also the members of a tensor's own class.</summary>
    private static readonly HashSet<string> Members =
    [
        "Run", "RunBatch", "Classify", "Label", "Text", "Prediction", "Info", "Warmup", "ConfigureSession", "Compute", "Expand", "Ints",
        "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize",
        "Count", "Score", "Best", "Name", "Length", "Shape",
    ];

    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate", "do", "double",
        "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal",
        "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return",
        "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked",
        "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        "nameof", // no keyword, but a parameter of this name would hide the operator that generated code uses
    ];

    private static readonly HashSet<string> ReservedForTypes =
    [
        "allows", "async", "await", "dynamic", "extension", "field", "file", "global", "managed", "nint", "notnull", "nuint", "partial", "record", "required", "scoped",
        "unmanaged", "value", "var", "when", "where", "with", "yield",
    ];

    /// <summary>A model's file name (without its extension) as a class: <c>resnet18-v1</c> → <c>Resnet18V1</c>, <c>7seg</c> → <c>Model7seg</c>, <c>run</c> → <c>RunModel</c>.</summary>
    public static string Class(string file)
    {
        string name = Pascal(file);
        if (!StartsAsIdentifier(name))
            name = "Model" + name;
        return IsMember(name) || IsKeyword(name) ? name + "Model" : name;
    }

    /// <summary>The member for an input: <c>input.1</c> → <c>Input1</c>, <c>33</c> → <c>Input33</c>, <c>run</c> → <c>RunTensor</c>.</summary>
    public static string Input(string name, string className) => Tensor(name, "Input", className);

    /// <summary>The member for an output: <c>33</c> → <c>Output33</c>.</summary>
    public static string Output(string name, string className) => Tensor(name, "Output", className);

    /// <summary>The parameter for a tensor's member: <c>PixelValues</c> → <c>pixelValues</c>, <c>IOError</c> → <c>ioError</c>, <c>INPUT0</c> → <c>input0</c>.</summary>
    public static string Parameter(string identifier)
    {
        int capitals = 0;
        while (capitals < identifier.Length && char.IsUpper(identifier[capitals]))
            capitals++;
        // The last capital of several begins the next word, if one follows.
        if (capitals > 1 && capitals < identifier.Length && char.IsLower(identifier[capitals]))
            capitals--;
        return identifier.Substring(0, capitals).ToLowerInvariant() + identifier.Substring(capitals);
    }

    /// <summary>The parameter for many samples of a tensor: <c>image</c> → <c>images</c>; what already ends in s, or in no letter, stays.</summary>
    public static string Plural(string parameter)
    {
        char last = parameter[parameter.Length - 1], before = parameter.Length > 1 ? parameter[parameter.Length - 2] : 'a';
        string plural = last is < 'a' or > 'z' or 's' ? parameter
            : parameter.Length == 1 ? parameter + "s"
            : last is 'x' or 'z' || (last == 'h' && before is 'c' or 's') ? parameter + "es"
            : last == 'y' && before is not ('a' or 'e' or 'o' or 'u') ? parameter.Substring(0, parameter.Length - 1) + "ies"
            : parameter + "s";
        return IsKeyword(plural) ? parameter : plural;
    }

    /// <summary>The enum member for a line of the labels file: <c>golden retriever</c> → <c>GoldenRetriever</c>, <c>7</c> → <c>_7</c>.</summary>
    public static string Label(string text)
    {
        string name = Pascal(text);
        return StartsAsIdentifier(name) ? name : "_" + name;
    }

    public static bool IsKeyword(string word) => Keywords.Contains(word);

    /// <summary>Whether the word is a name, but not a good one (or none at all) for a class.</summary>
    public static bool IsReservedForTypes(string word) => ReservedForTypes.Contains(word);

    /// <summary>Whether the generated class has a member of this name of its own.</summary>
    public static bool IsMember(string name) =>
        Members.Contains(name) || (name.StartsWith("Layers", StringComparison.Ordinal) && name.Length > 6 && name.Skip(6).All(char.IsDigit));

    /// <summary>Whether C# takes the word as a name, without an @ before it.</summary>
    public static bool IsIdentifier(string word) =>
        word.Length > 0 && (word[0] == '_' || IsLetter(word[0])) && word.All(c => c == '_' || IsLetter(c) || IsPart(c)) && !IsKeyword(word);

    private static string Tensor(string name, string prefix, string className)
    {
        string identifier = Pascal(name);
        if (!StartsAsIdentifier(identifier))
            identifier = prefix + identifier;
        string parameter = Parameter(identifier);
        return IsMember(identifier) || identifier == className || parameter == className || IsKeyword(parameter) ? identifier + "Tensor" : identifier;
    }

    /// <summary>Letters and digits, every run of them begun by a capital.</summary>
    private static string Pascal(string name)
    {
        var text = new StringBuilder();
        bool begins = true;
        foreach (char c in name)
        {
            if (!IsLetter(c) && !IsPart(c))
            {
                begins = true;
                continue;
            }
            text.Append(begins ? char.ToUpperInvariant(c) : c);
            begins = false;
        }
        return text.ToString();
    }

    private static bool StartsAsIdentifier(string name) => name.Length > 0 && IsLetter(name[0]);

    private static bool IsLetter(char c) => char.IsLetter(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber;

    private static bool IsPart(char c) =>
        CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
