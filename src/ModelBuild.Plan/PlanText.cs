using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace ModelBuild;

/// <summary>The plan as text: one fact a line, read top to bottom. <see cref="Write"/> and <see cref="Parse"/> are each other's inverse.</summary>
internal static class PlanText
{
    private const string Magic = "modelbuild plan ";

    public static string Write(Plan plan)
    {
        var text = new StringBuilder();
        void Line(string key, params string[] words) => text.Append(key).Append(' ').Append(string.Join(" ", words)).Append('\n');

        text.Append(Magic).Append(Plan.Format).Append('\n');
        Line("tool", plan.Tool);
        Line("class", plan.Class);
        Line("namespace", Quote(plan.Namespace));
        Line("source", Quote(plan.Source.File), plan.Source.Hash);
        Line("id", plan.ContentId);
        Line("weights", Quote(plan.Weights.Resource), Number(plan.Weights.Bytes), Number(plan.Weights.ExpandedBytes), plan.Weights.Hash);
        Line("scratch", Number(plan.ScratchBytes));
        if (plan.Backend.Length > 0)
            Line("backend", plan.Backend);
        if (plan.Batch)
            Line("batch", "yes");
        foreach (PlanTensor tensor in plan.Inputs)
            Line("input", Tensor(tensor));
        foreach (PlanTensor tensor in plan.Outputs)
            Line("output", Tensor(tensor));
        if (plan.Pixels is { } pixels)
            Line("pixels", [Number(pixels.Input), Number(pixels.Inner), .. pixels.Scale, .. pixels.Mean, .. pixels.Std]);
        foreach (string label in plan.Labels)
            Line("label", Quote(label));
        foreach (PlanFact fact in plan.Facts)
            Line("fact", fact.Key, Quote(fact.Value));
        foreach (PlanExpansion e in plan.Expansions)
            Line("expand", [Quote(e.Name), e.Decoder, Number(e.From), Number(e.To), Number(e.Elements), .. e.Form.Length == 0 ? [] : new[] { e.Form }, .. e.Sizes.Select(Number)]);
        foreach (PlanCall call in plan.Calls)
            Line("call", [call.Kernel, .. call.Arguments.Select(a => a.Name + "=" + a.Value), .. Comment(call)]);
        return text.ToString();
    }

    /// <exception cref="PlanFormatException">The text is no plan, or one of another format; the message names the line.</exception>
    public static Plan Parse(string text)
    {
        string[] lines = text.Split('\n');
        string first = lines[0].TrimEnd('\r');
        if (!first.StartsWith(Magic, StringComparison.Ordinal))
            throw new PlanFormatException(1, "not a plan: it should begin with '" + Magic + Plan.Format + "'", null);
        string format = first.Substring(Magic.Length);
        if (format != Number(Plan.Format))
            throw new PlanFormatException(1, "plan format " + format + ", and this generator reads format " + Plan.Format, format);

        var reader = new Reader();
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0)
                continue;
            try
            {
                reader.Read(Words(line), i + 1);
            }
            catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or OverflowException)
            {
                throw new PlanFormatException(i + 1, "'" + line + "' can't be read: " + e.Message, format);
            }
        }
        return reader.Finish(lines.Length);
    }

    private static IEnumerable<string> Comment(PlanCall call) => call.Comment.Length == 0 ? [] : ["# " + OneLine(call.Comment)];

    // A comment names nodes, and their names are the model's: none may begin a line of the plan's own.
    private static string OneLine(string comment) => new(comment.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c).ToArray());

    private static string[] Tensor(PlanTensor t) => [t.Identifier, t.Type, "[" + string.Join(",", t.Shape.Select(Number)) + "]", Quote(t.Name), .. t.Meaning is { } m ? new[] { m.Scale, Number(m.Zero) } : []];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029')
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }
        return text.Append('"').ToString();
    }

    /// <summary>Splits at blanks outside quotes and brackets; quoted words come without quotes, and a comment is one word that begins with '#'.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        int i = 0;
        while (i < line.Length)
        {
            if (line[i] == ' ')
            {
                i++;
            }
            else if (line[i] == '#')
            {
                words.Add(line.Substring(i));
                break;
            }
            else if (line[i] == '"')
            {
                var word = new StringBuilder();
                for (i++; ; i++)
                {
                    if (i >= line.Length)
                        throw new FormatException("a quote is not closed");
                    if (line[i] == '"')
                        break;
                    if (line[i] != '\\')
                    {
                        word.Append(line[i]);
                    }
                    else if (++i < line.Length && line[i] == 'u')
                    {
                        word.Append((char)int.Parse(line.Substring(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                        i += 4;
                    }
                    else
                    {
                        word.Append(line[i]);
                    }
                }
                i++;
                words.Add(word.ToString());
            }
            else
            {
                int start = i;
                while (i < line.Length && line[i] != ' ')
                    i++;
                words.Add(line.Substring(start, i - start));
            }
        }
        return words;
    }

    private sealed class Reader
    {
        private readonly Dictionary<string, (int Line, string[] Words)> _single = [];
        private readonly List<PlanTensor> _inputs = [], _outputs = [];
        private readonly List<string> _labels = [];
        private PlanPixels? _pixels;
        private readonly List<PlanFact> _facts = [];
        private readonly List<PlanExpansion> _expansions = [];
        private readonly List<PlanCall> _calls = [];

        public void Read(List<string> words, int line)
        {
            switch (words[0])
            {
                case "input": _inputs.Add(Tensor(words)); break;
                case "output": _outputs.Add(Tensor(words)); break;
                case "pixels": _pixels = Pixels(words); break;
                case "label": _labels.Add(words[1]); break;
                case "fact": _facts.Add(new PlanFact(words[1], words[2])); break;
                case "expand": _expansions.Add(new PlanExpansion(words[1], words[2], Number(words[3]), Number(words[4]), Number(words[5]), Form(words), new(words.Skip(Form(words).Length > 0 ? 7 : 6).Select(Number)))); break;
                case "call": _calls.Add(Call(words)); break;
                default: _single[words[0]] = (line, [.. words.Skip(1)]); break;
            }
        }

        public Plan Finish(int lines)
        {
            string Word(string key, int index) => _single.TryGetValue(key, out (int Line, string[] Words) found) && index < found.Words.Length
                ? found.Words[index]
                : throw new PlanFormatException(lines, "the line '" + key + "' is missing or too short", null);
            int Int(string key, int index) => int.TryParse(Word(key, index), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                ? value
                : throw new PlanFormatException(_single[key].Line, "'" + Word(key, index) + "' is no number of bytes", null);
            return new Plan(
                Word("tool", 0), Word("class", 0), Word("namespace", 0),
                new PlanSource(Word("source", 0), Word("source", 1)), Word("id", 0),
                new PlanWeights(Word("weights", 0), Int("weights", 1), Int("weights", 2), Word("weights", 3)),
                Int("scratch", 0), _single.ContainsKey("batch"),
                new(_inputs), new(_outputs), new(_labels), new(_facts), new(_expansions), new(_calls), _pixels,
                _single.ContainsKey("backend") ? Word("backend", 0) : "");
        }

        // A word after an expansion's numbers, if it isn't one itself.
        private static string Form(List<string> words) => words.Count > 6 && !char.IsDigit(words[6][0]) ? words[6] : "";

        private static int Number(string word) => int.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        private static PlanTensor Tensor(List<string> words)
        {
            string shape = words[3].Substring(1, words[3].Length - 2);
            return new PlanTensor(words[4], words[1], words[2], new(shape.Length == 0 ? [] : shape.Split(',').Select(Number)), words.Count > 5 ? new PlanMeaning(words[5], Number(words[6])) : null);
        }

        private static PlanPixels Pixels(List<string> words)
        {
            int channels = (words.Count - 3) / 3;
            EquatableArray<string> Numbers(int list) => new(words.Skip(3 + list * channels).Take(channels));
            return channels > 0 && words.Count == 3 + 3 * channels
                ? new PlanPixels(Number(words[1]), Number(words[2]), Numbers(0), Numbers(1), Numbers(2))
                : throw new FormatException("three numbers a channel are needed");
        }

        private static PlanCall Call(List<string> words)
        {
            string last = words[words.Count - 1];
            bool commented = last[0] == '#';
            IEnumerable<PlanArgument> arguments = words.Skip(2).Take(words.Count - 2 - (commented ? 1 : 0)).Select(word =>
            {
                int equals = word.IndexOf('=');
                return equals > 0 ? new PlanArgument(word.Substring(0, equals), word.Substring(equals + 1)) : throw new FormatException("'" + word + "' is no name=value");
            });
            return new PlanCall(words[1], new(arguments), commented ? last.Substring(2) : "");
        }
    }
}

/// <summary>A text that is no plan, or a plan of another <paramref name="format"/> (null where it has none).</summary>
internal sealed class PlanFormatException(int line, string message, string? format) : Exception("line " + line.ToString(CultureInfo.InvariantCulture) + ": " + message)
{
    public int Line { get; } = line;

    public string? Format { get; } = format;
}
