namespace ModelBuild.Engine;

/// <summary>
/// What a group of a layer sees over all calibration samples, patch by patch, and what it should give. Where there are fewer patches than weights in a row, they are
/// kept; else their moments are, in memory that doesn't grow with them.
/// </summary>
internal abstract class LayerStatistics(int depth, int rows, bool centered)
{
    private readonly double[] _sumX = new double[depth], _sumY = new double[rows], _squareY = new double[rows];

    /// <param name="depth">Weights of a row.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="patches">How many there will be.</param>
    /// <param name="centered">Whether a bias can put means right, so that they don't count.</param>
    public static LayerStatistics Make(int depth, int rows, int patches, bool centered) =>
        patches < depth ? new SampleStatistics(depth, rows, patches, centered) : new MomentStatistics(depth, rows, centered);

    protected int Depth => depth;

    protected int Rows => rows;

    protected bool Centered => centered;

    protected int Count { get; private set; }

    public void Add(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        for (int k = 0; k < depth && centered; k++)
            _sumX[k] += x[k];
        for (int r = 0; r < rows; r++)
        {
            _sumY[r] += centered ? y[r] : 0;
            _squareY[r] += (double)y[r] * y[r];
        }
        Take(x, y);
        Count++;
    }

    /// <param name="start">The weights that there were, [row][k].</param>
    /// <param name="damping">δ, as a share of the inputs' mean square.</param>
    public abstract Quadratic Finish(ReadOnlySpan<float> start, float damping);

    protected abstract void Take(ReadOnlySpan<float> x, ReadOnlySpan<float> y);

    protected double SumX(int k) => _sumX[k];

    protected double SumY(int row) => _sumY[row];

    protected float[] MeanX => Array.ConvertAll(_sumX, s => (float)(s / Count));

    protected float[] MeanY => Array.ConvertAll(_sumY, s => (float)(s / Count));

    protected float[] Power => [.. Enumerable.Range(0, rows).Select(r => (float)Math.Max(0, _squareY[r] / Count - _sumY[r] / Count * (_sumY[r] / Count)))];

    // Inputs that are always the same say nothing; then any δ will do.
    protected float Delta(double trace, float damping) => trace > 0 ? (float)(damping * trace / depth) : 1;
}

/// <summary>Patches as they are: columns [k][patch], outputs [row][patch].</summary>
internal sealed class SampleStatistics(int depth, int rows, int patches, bool centered) : LayerStatistics(depth, rows, centered)
{
    private readonly float[] _columns = new float[(long)depth * patches], _outputs = new float[(long)rows * patches];

    protected override void Take(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        for (int k = 0; k < x.Length; k++)
            _columns[k * patches + Count] = x[k];
        for (int r = 0; r < y.Length; r++)
            _outputs[r * patches + Count] = y[r];
    }

    public override Quadratic Finish(ReadOnlySpan<float> start, float damping)
    {
        float[] meanX = MeanX, meanY = MeanY, diagonal = new float[Depth];
        double trace = 0;
        for (int k = 0; k < Depth; k++)
        {
            Span<float> column = _columns.AsSpan(k * patches, patches);
            Lanes.Add(column, -meanX[k]);
            diagonal[k] = Lanes.Dot(column, column) / patches;
            trace += diagonal[k];
        }
        for (int r = 0; r < Rows; r++)
            Lanes.Add(_outputs.AsSpan(r * patches, patches), -meanY[r]);
        float delta = Delta(trace, damping);
        Lanes.Add(diagonal, delta);
        return new SampleQuadratic(_columns, _outputs, start.ToArray(), delta, patches, Depth, Rows) { MeanX = meanX, MeanY = meanY, Power = Power, Diagonal = diagonal };
    }
}

/// <summary>
/// E[x·xᵀ] and E[y·xᵀ]. Where means don't count, x is taken about the first patch: of inputs that hardly ever change, rounding would otherwise leave more than they do, and no
/// longer a square.
/// </summary>
internal sealed class MomentStatistics(int depth, int rows, bool centered) : LayerStatistics(depth, rows, centered)
{
    // Patches that go into the sums together: a row of those is read and written once for all of them. Partial sums are floats; after so many patches they go into doubles.
    private const int Batch = 32, Part = 64 * Batch;

    private readonly double[] _second = new double[depth * depth], _cross = new double[rows * depth];
    private readonly float[] _partSecond = new float[depth * depth], _partCross = new float[rows * depth], _patches = new float[Batch * depth], _outputs = new float[Batch * rows], _origin = new float[depth];

    protected override void Take(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (Count == 0 && Centered)
            x.CopyTo(_origin);
        for (int k = 0; k < Depth; k++)
            _patches[Count % Batch * Depth + k] = x[k] - _origin[k];
        y.CopyTo(_outputs.AsSpan(Count % Batch * Rows));
        if (Count % Batch == Batch - 1)
            Fold(Batch);
        if (Count % Part == Part - 1)
            Flush();
    }

    private void Fold(int count)
    {
        Span<float> factors = stackalloc float[count];
        for (int k = 0; k < Depth; k++)
        {
            for (int i = 0; i < count; i++)
                factors[i] = _patches[i * Depth + k];
            // Right of the diagonal; the other half is the same.
            Lanes.Add(_partSecond.AsSpan(k * Depth + k, Depth - k), factors, _patches.AsSpan(k), Depth);
        }
        for (int r = 0; r < Rows; r++)
        {
            for (int i = 0; i < count; i++)
                factors[i] = _outputs[i * Rows + r];
            Lanes.Add(_partCross.AsSpan(r * Depth, Depth), factors, _patches, Depth);
        }
    }

    private void Flush()
    {
        Move(_partSecond, _second);
        Move(_partCross, _cross);

        static void Move(float[] from, double[] to)
        {
            for (int i = 0; i < to.Length; i++)
                to[i] += from[i];
            Array.Clear(from);
        }
    }

    /// <summary>E[x·xᵀ], about the means where they don't count.</summary>
    public float[] Moments()
    {
        Fold(Count % Batch);
        Flush();
        var second = new float[Depth * Depth];
        double[] sums = Sums;
        for (int i = 0; i < Depth; i++)
        {
            for (int j = i; j < Depth; j++)
                second[i * Depth + j] = second[j * Depth + i] = (float)((_second[i * Depth + j] - sums[i] * (sums[j] / Count)) / Count);
        }
        return second;
    }

    private double[] Sums => [.. _origin.Select((o, k) => SumX(k) - (double)o * Count)];

    public override Quadratic Finish(ReadOnlySpan<float> start, float damping)
    {
        float[] second = Moments(), cross = new float[Rows * Depth], diagonal = new float[Depth];
        double[] sums = Sums;
        double trace = 0;
        for (int i = 0; i < Depth; i++)
            trace += second[i * Depth + i];
        float delta = Delta(trace, damping);
        for (int k = 0; k < Depth; k++)
            diagonal[k] = second[k * Depth + k] += delta;
        for (int r = 0; r < Rows; r++)
        {
            for (int k = 0; k < Depth; k++)
                cross[r * Depth + k] = (float)((_cross[r * Depth + k] - SumY(r) * (sums[k] / Count)) / Count + (double)delta * start[r * Depth + k]);
        }
        return new MomentQuadratic(second, cross, Depth, Rows) { MeanX = MeanX, MeanY = MeanY, Power = Power, Diagonal = diagonal };
    }
}
