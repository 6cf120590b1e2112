namespace ModelBuild.Engine;

/// <summary>
/// A folder with one .npy file a sample, in ordinal order of their names: <c>INPUT/*.npy</c>, or <c>*.npy</c> for an only input. Folders below that name the
/// samples' labels: lines of the labels file, else numbers, else they count in ordinal order.
/// </summary>
internal static class FolderData
{
    public static Dataset Open(DataSource source, IReadOnlyList<DataInput> inputs, Normalization normalization, IReadOnlyList<string> labels)
    {
        string[][] files = [.. inputs.Select(i => Files(Root(source, i, inputs.Count == 1)))];
        string[] names = files[0];
        foreach (var (input, other) in inputs.Zip(files))
        {
            if (!other.SequenceEqual(names))
            {
                string one = other.Except(names).Concat(names.Except(other)).First();
                throw new DataException($"the inputs '{inputs[0].Name}' and '{input.Name}' need files of the same names, and only one has '{one}'");
            }
        }
        var (start, count) = source.Take(names.Length);
        string[] roots = [.. inputs.Select(i => Root(source, i, inputs.Count == 1))];
        NpyArray Array(int input, string name)
        {
            string file = Path.Combine(roots[input], name);
            var array = new NpyArray(new DataFile(file), new FileInfo(file).Length);
            DataShapes.Check(source, file, inputs[input], array.Header.Shape);
            return array;
        }

        int[]? classes = Classes(source, names, labels)?[start..(start + count)];
        Range range = start..(start + count);
        return new Dataset(source, count, classes, [.. roots.SelectMany(r => names[range].Select(n => Path.Combine(r, n)))], Read);

        IEnumerable<Tensor[]> Read()
        {
            for (int sample = start; sample < start + count; sample++)
            {
                var tensors = new Tensor[inputs.Count];
                for (int i = 0; i < tensors.Length; i++)
                {
                    string file = Path.Combine(roots[i], names[sample]);
                    var converter = new SampleConverter(source, file, inputs[i], normalization);
                    tensors[i] = source.Located(file, One(i, names[sample], sample, converter)).Single();
                }
                yield return tensors;
            }
        }

        IEnumerable<Tensor> One(int input, string name, int sample, SampleConverter converter)
        {
            NpyArray array = Array(input, name);
            yield return converter.Convert(array.Header.Element, array.All(), sample);
        }
    }

    /// <summary>Where an input's files are: in the folder of its name, for an only input else in the folder itself.</summary>
    private static string Root(DataSource source, DataInput input, bool only)
    {
        string[] folders = [.. Directory.GetDirectories(source.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        string? folder = folders.FirstOrDefault(f => f == input.Name) ?? folders.FirstOrDefault(input.IsCalled);
        return folder != null ? Path.Combine(source.Path, folder)
            : only ? source.Path
            : throw Diagnostics.NoArray(source, source.Path, input, $"its folders are {(folders.Length == 0 ? "none" : string.Join(", ", folders.Take(20).Select(f => $"'{f}'")))}; name one '{input.Name}' or '{input.Identifier}'");
    }

    /// <summary>The samples' paths below the root, with '/'.</summary>
    private static string[] Files(string root) =>
    [
        .. Directory.GetFiles(root, "*.npy").Select(f => Path.GetFileName(f))
            .Concat(Directory.GetDirectories(root).SelectMany(d => Directory.GetFiles(d, "*.npy").Select(f => $"{Path.GetFileName(d)}/{Path.GetFileName(f)}")))
            .Order(StringComparer.Ordinal),
    ];

    private static int[]? Classes(DataSource source, string[] names, IReadOnlyList<string> labels)
    {
        string[] folders = [.. names.Select(n => n.IndexOf('/') is >= 0 and var slash ? n[..slash] : "")];
        if (folders.All(f => f.Length == 0))
            return null;
        if (folders.Any(f => f.Length == 0))
            throw new DataException($"'{names[Array.IndexOf(folders, "")]}' lies beside folders that name labels; put it into one");
        string[] distinct = [.. folders.Distinct().Order(StringComparer.Ordinal)];
        bool known = labels.Count > 0 || distinct.All(f => DataLabels.Parse(f, []) >= 0);
        return [.. folders.Select(f => !known ? Array.IndexOf(distinct, f)
            : DataLabels.Parse(f, labels) is >= 0 and var label ? label
            : throw Diagnostics.DataLabels(source, source.Path, $"the folder '{f}' is no label; labels: {string.Join(", ", labels.Take(20))}{(labels.Count > 20 ? ", …" : "")}{Near.Hint(f, labels)}"))];
    }
}
