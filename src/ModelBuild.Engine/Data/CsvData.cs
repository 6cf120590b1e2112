using System.Globalization;
using nietras.SeparatedValues;

namespace ModelBuild.Engine;

/// <summary>
/// A text file with a sample a line, its numbers in the order of the input's elements, separated by commas, semicolons or tabs. A first line that isn't numbers
/// is a header. A last column called label, or, without a header, one number more than the input takes, are labels.
/// </summary>
internal static class CsvData
{
    public static Dataset Open(DataSource source, IReadOnlyList<DataInput> inputs, Normalization normalization, IReadOnlyList<string> labels)
    {
        if (inputs.Count != 1)
            throw new DataException($"lines of numbers can't feed {inputs.Count} inputs ({string.Join(", ", inputs.Select(i => i.Name))}); give an .npz file with an array each");
        DataInput input = inputs[0];
        int elements = input.Type.Shape.Size;
        bool header = false, labelled = false;
        foreach (string[] first in Rows(source.Path, 0, Words).Take(1))
        {
            header = IsHeader(first, elements);
            labelled = header ? DataLabels.IsName(first[^1].Trim()) : first.Length == elements + 1;
            if (first.Length != elements + (labelled ? 1 : 0))
            {
                string hint = header && first.Length == elements + 1 ? "; a last column with labels is called 'label'" : "";
                throw Diagnostics.DataShape(source, source.Path, input, $"[{first.Length - (labelled ? 1 : 0)}]", hint);
            }
        }
        List<int> classes = [];
        long samples = 0;
        foreach (string last in Rows(source.Path, header ? 1 : 0, row => row[^1].ToString()))
        {
            if (samples++ == Dataset.MostSamples)
                break;
            if (labelled)
            {
                int label = DataLabels.Parse(last.Trim(), labels);
                classes.Add(label >= 0 ? label : throw Diagnostics.DataLabels(source, source.Path,
                    $"sample {samples - 1} has the label '{last}', which is neither a number from 0 nor a line of the labels file{Near.Hint(last, labels)}"));
            }
        }
        var (start, count) = source.Take(samples);
        var converter = new SampleConverter(source, source.Path, input, normalization);
        return new Dataset(source, count, labelled ? [.. classes.GetRange(start, count)] : null, [source.Path], () => source.Located(source.Path, Read()));

        IEnumerable<Tensor[]> Read()
        {
            int sample = start;
            foreach (double[] values in Rows(source.Path, start + (header ? 1 : 0), row => Numbers(row, elements)).Take(count))
                yield return [converter.Convert(values, sample++)];
        }
    }

    private static bool IsHeader(string[] row, int elements) =>
        DataLabels.IsName(row[^1].Trim()) || row[..^1].Any(c => Number(c) == null) || (row.Length == elements && Number(row[^1]) == null);

    private static double? Number(ReadOnlySpan<char> text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static double[] Numbers(SepReader.Row row, int count)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
            values[i] = Number(row[i].Span) ?? throw new DataException($"line {row.LineNumberFrom}, column {i + 1}: '{row[i]}' is no number");
        return values;
    }

    private static string[] Words(SepReader.Row row)
    {
        var words = new string[row.ColCount];
        for (int i = 0; i < words.Length; i++)
            words[i] = row[i].ToString();
        return words;
    }

    private delegate T Reading<T>(SepReader.Row row);

    /// <summary>Something of each line after the first few; all lines have as many columns as the first one.</summary>
    private static IEnumerable<T> Rows<T>(string file, int skip, Reading<T> read)
    {
        using SepReader reader = Sep.Reader(o => o with { HasHeader = false, Unescape = true }).FromFile(file);
        while (reader.MoveNext())
        {
            if (skip-- <= 0)
                yield return read(reader.Current);
        }
    }
}
