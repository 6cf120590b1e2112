namespace ModelBuild.Engine;

/// <summary>
/// A sparse tensor: the axes, and those of blocks within them, in the order in which they are gone through; of each either all coordinates are there, or those
/// that its indices list, a segment for each place of the axis before.
/// </summary>
internal sealed class TFLiteSparse
{
    private readonly record struct Axis(int Dense, int[]? Segments, int[]? Indices);

    private readonly TensorType _type;
    private readonly int[] _order, _map, _blocks, _at;
    private readonly Axis[] _axes;
    private readonly int _size;
    private long _left;

    /// <exception cref="OperatorException">What the table says doesn't go together.</exception>
    public TFLiteSparse(FlatTable table, TensorType type)
    {
        _type = type;
        _size = type.Element.Bytes();
        int rank = type.Shape.Rank;
        (_order, _map) = (table.Ints(0), table.Ints(1));
        FlatTables axes = table.Tables(2);
        if (type.Element is ElementType.Int4 or ElementType.UInt4 || _order.Length != rank + _map.Length || axes.Count != _order.Length || !_order.Order().SequenceEqual(Enumerable.Range(0, _order.Length)) || _map.Any(m => m < 0 || m >= rank))
            throw Fault("its order of axes");
        _axes = [.. Enumerable.Range(0, axes.Count).Select(i => axes[i]).Select(a => a.Byte(0) == 0 ? new Axis(a.Int(1), null, null) : new Axis(0, Indices(a, 2), Indices(a, 4)))];
        _blocks = new int[rank];
        Array.Fill(_blocks, 1);
        for (int level = 0; level < _order.Length; level++)
        {
            if (_order[level] < rank)
                continue;
            int length = _axes[level].Segments == null ? _axes[level].Dense : 0;
            _blocks[_map[_order[level] - rank]] *= length > 0 && length <= type.Shape.Max() ? length : throw Fault("its blocks");
        }
        for (int level = 0; level < _order.Length; level++)
        {
            if (_order[level] < rank && (type.Shape[_order[level]] % _blocks[_order[level]] != 0 || (_axes[level].Segments == null && _axes[level].Dense * _blocks[_order[level]] != type.Shape[_order[level]])))
                throw Fault("the length of an axis");
        }
        _at = new int[_order.Length];
    }

    private static int[] Indices(FlatTable axis, int field) => axis.Table(field + 1) is not { } values ? throw Fault("its indices")
        : axis.Byte(field) switch { 1 => values.Ints(0), 2 => values.Ushorts(0), 3 => values.Bytes(0), _ => throw Fault("its indices") };

    private static OperatorException Fault(string what) => new($"its sparse data is broken: {what}");

    /// <exception cref="OperatorException">A value lies outside the tensor.</exception>
    public Tensor Dense(ReadOnlyMemory<byte> values)
    {
        var dense = new byte[_type.Bytes];
        _left = (_order.Length + 1) * (_type.Shape.Size + 1L);
        Walk(0, 0, values.Span, dense);
        return new Tensor(_type, dense);
    }

    private void Walk(int level, int place, ReadOnlySpan<byte> values, byte[] dense)
    {
        if (--_left < 0)
            throw Fault("its segments lie in each other");
        if (level == _order.Length)
        {
            int to = Index() * _size;
            if ((long)(place + 1) * _size > values.Length)
                throw Fault("it has fewer values than places");
            values.Slice(place * _size, _size).CopyTo(dense.AsSpan(to));
            return;
        }
        Axis axis = _axes[level];
        if (axis.Segments == null)
        {
            for (int i = 0; i < axis.Dense; i++)
            {
                _at[_order[level]] = i;
                Walk(level + 1, checked(place * axis.Dense + i), values, dense);
            }
            return;
        }
        if (place + 1 >= axis.Segments.Length || axis.Segments[place] < 0 || axis.Segments[place + 1] > axis.Indices!.Length)
            throw Fault("its segments");
        for (int i = axis.Segments[place]; i < axis.Segments[place + 1]; i++)
        {
            _at[_order[level]] = axis.Indices[i];
            Walk(level + 1, i, values, dense);
        }
    }

    private int Index()
    {
        int rank = _blocks.Length, index = 0;
        for (int axis = 0; axis < rank; axis++)
        {
            int at = _at[axis];
            for (int block = 0; block < _map.Length; block++)
            {
                if (_map[block] == axis)
                    at = at * _axes[Array.IndexOf(_order, rank + block)].Dense + _at[rank + block];
            }
            index = at >= 0 && at < _type.Shape[axis] ? index * _type.Shape[axis] + at : throw Fault("an index");
        }
        return index;
    }
}
