using System.Globalization;

namespace ModelBuild.Engine;

/// <summary>Class indices of samples: arrays of integers, or words that a labels file knows.</summary>
internal static class DataLabels
{
    private static readonly string[] Names = ["labels", "label"];

    public static bool IsName(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>An array of labels for so many samples, as far as the range takes them.</summary>
    /// <exception cref="DiagnosticException">MB1025: another type, shape or count, or negative values.</exception>
    public static int[] Read(DataSource source, string file, string array, NpyArray labels, long samples, (int Start, int Count) range)
    {
        NpyHeader header = labels.Header;
        if (header.Element.IsFloat())
            throw Diagnostics.DataLabels(source, file, $"'{array}' is {header.Element.Word()}; labels are integers of any size");
        if (labels.Count != samples || labels.Slice.Any(a => a != 1))
            throw Diagnostics.DataLabels(source, file, $"'{array}' has the shape {DataShapes.Text(header.Shape)}, and {samples} samples need [{samples}]");
        var values = new int[range.Count];
        int at = 0;
        foreach (byte[] slice in labels.Slices(range.Start, range.Count))
        {
            long value = new Tensor(new(header.Element, Shape.Scalar), slice).Int64s()[0];
            values[at++] = value is >= 0 and <= int.MaxValue ? (int)value : throw Diagnostics.DataLabels(source, file, $"'{array}' holds {value} for sample {range.Start + at - 1}; labels count from 0");
        }
        return values;
    }

    /// <summary>A word as a class: a line of the labels file, else a number; −1 where it is neither.</summary>
    public static int Parse(string word, IReadOnlyList<string> labels)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == word)
                return i;
        }
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : -1;
    }
}
