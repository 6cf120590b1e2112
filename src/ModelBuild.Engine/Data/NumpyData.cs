namespace ModelBuild.Engine;

/// <summary>Data in NumPy's files: one array, or several by name in a zip file.</summary>
internal static class NumpyData
{
    private static readonly string[] Usual = ["images", "features", "input"];

    /// <summary>A .npy file: samples for the only input.</summary>
    public static Dataset Open(DataSource source, IReadOnlyList<DataInput> inputs, Normalization normalization)
    {
        if (inputs.Count != 1)
            throw new DataException($"one array can't feed {inputs.Count} inputs ({string.Join(", ", inputs.Select(i => i.Name))}); give an .npz file with an array each");
        var array = new NpyArray(new DataFile(source.Path), new FileInfo(source.Path).Length);
        return Of(source, inputs, normalization, [("", array)], null);
    }

    /// <summary>A .npz file: an array an input, and perhaps labels.</summary>
    public static Dataset OpenZip(DataSource source, IReadOnlyList<DataInput> inputs, Normalization normalization)
    {
        const string Extension = ".npy";
        List<(string Name, long Length)> entries = [.. DataFile.Entries(source.Path).Where(e => e.Name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))];
        string[] names = [.. entries.Select(e => e.Name[..^Extension.Length])];
        NpyArray Array(int at) => Named(entries[at].Name, () => new NpyArray(new DataFile(source.Path, entries[at].Name), entries[at].Length));

        int[] chosen = [.. inputs.Select(i => Choose(source, i, inputs.Count == 1, names))];
        int labels = System.Array.FindIndex(names, n => DataLabels.IsName(n) && !chosen.Contains(System.Array.IndexOf(names, n)));
        return Of(source, inputs, normalization, [.. chosen.Select(c => (names[c], Array(c)))], labels < 0 ? null : (names[labels], Array(labels)));
    }

    /// <summary>The array for an input: the one called like it; for an only input else a usual name, else the only array that isn't labels.</summary>
    private static int Choose(DataSource source, DataInput input, bool only, string[] names)
    {
        int at = Array.IndexOf(names, input.Name);
        if (at < 0)
            at = Array.FindIndex(names, input.IsCalled);
        for (int i = 0; at < 0 && only && i < Usual.Length; i++)
            at = Array.FindIndex(names, n => n.Equals(Usual[i], StringComparison.OrdinalIgnoreCase));
        int[] rest = [.. Enumerable.Range(0, names.Length).Where(i => !DataLabels.IsName(names[i]))];
        if (at < 0 && only && rest.Length == 1)
            at = rest[0];
        if (at >= 0)
            return at;
        string valid = only ? $"name one '{input.Name}', '{input.Identifier}', {string.Join(", ", Usual.Select(u => $"'{u}'"))}" : $"name one '{input.Name}' or '{input.Identifier}'";
        string there = names.Length == 0 ? "it has no arrays" : $"its arrays are {string.Join(", ", names.Take(20).Select(n => $"'{n}'"))}{(names.Length > 20 ? ", …" : "")}";
        throw Diagnostics.NoArray(source, source.Path, input, $"{there}; {valid}");
    }

    private static Dataset Of(DataSource source, IReadOnlyList<DataInput> inputs, Normalization normalization, (string Name, NpyArray Array)[] arrays, (string Name, NpyArray Array)? labels)
    {
        string Place(int i) => arrays[i].Name.Length == 0 ? source.Path : $"{source.Path}, array {arrays[i].Name}";
        for (int i = 0; i < arrays.Length; i++)
        {
            if (arrays[i].Array.Header.Shape.Count == 0)
                throw new DataException($"the array for the input '{inputs[i].Name}' is a single number; its first axis must be samples");
            DataShapes.Check(source, Place(i), inputs[i], arrays[i].Array.Slice);
            if (arrays[i].Array.Count != arrays[0].Array.Count)
                throw new DataException($"the arrays '{arrays[0].Name}' and '{arrays[i].Name}' have {arrays[0].Array.Count} and {arrays[i].Array.Count} samples");
        }
        long samples = arrays[0].Array.Count;
        var range = source.Take(samples);
        int[]? classes = labels is { } found ? Named(found.Name, () => DataLabels.Read(source, source.Path, found.Name, found.Array, samples, range)) : null;
        SampleConverter[] converters = [.. inputs.Select((input, i) => new SampleConverter(source, Place(i), input, normalization))];
        return new Dataset(source, range.Count, classes, [source.Path], () => source.Located(source.Path, Read()));

        IEnumerable<Tensor[]> Read()
        {
            IEnumerator<byte[]>[] slices = [.. arrays.Select(a => a.Array.Slices(range.Start, range.Count).GetEnumerator())];
            try
            {
                for (int sample = range.Start; slices.All(s => s.MoveNext()); sample++)
                    yield return [.. slices.Select((s, i) => converters[i].Convert(arrays[i].Array.Header.Element, s.Current, sample))];
            }
            finally
            {
                foreach (IEnumerator<byte[]> slice in slices)
                    slice.Dispose();
            }
        }
    }

    /// <summary>Whatever is wrong with an array, with its name.</summary>
    private static T Named<T>(string array, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (DataException.Text(e) is { } why)
        {
            throw new DataException($"array '{array}': {why}");
        }
    }
}
