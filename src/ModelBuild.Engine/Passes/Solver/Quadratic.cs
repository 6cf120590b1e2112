namespace ModelBuild.Engine;

/// <summary>
/// What rows of weights cost: E[(w·x − y)²] + δ·|w − w₀|², a row each, where x are the inputs that the layer will get, y the outputs that it should give and w₀ the
/// weights that it had. δ, a share of the mean square of the inputs, keeps weights where the data says little. x and y are taken about their means: a bias puts these right.
/// </summary>
internal abstract class Quadratic(int depth, int rows)
{
    /// <summary>Whether weights depend on each other, so that going through them again helps.</summary>
    public virtual bool IsCoupled => true;

    public int Depth => depth;

    public int Rows => rows;

    /// <summary>E[x].</summary>
    public required float[] MeanX { get; init; }

    /// <summary>E[y].</summary>
    public required float[] MeanY { get; init; }

    /// <summary>E[(y − E[y])²], a row each.</summary>
    public required float[] Power { get; init; }

    /// <summary>The second derivative by each weight, by half.</summary>
    public required float[] Diagonal { get; init; }

    /// <summary>Floats of a state.</summary>
    public abstract int StateLength { get; }

    /// <summary>The state of a row whose weights are scale·q.</summary>
    public abstract void Start(int row, ReadOnlySpan<float> q, float scale, Span<float> state);

    /// <summary>The derivative by weight k, by half; <paramref name="moved"/> is how far it is from where it was.</summary>
    public abstract float Slope(ReadOnlySpan<float> state, int k, float moved);

    /// <summary>Weight k changes by so much.</summary>
    public abstract void Move(Span<float> state, int k, float by);

    /// <summary>The scale of least cost for q as it is; <paramref name="scale"/> is the present one.</summary>
    public abstract float BestScale(int row, ReadOnlySpan<float> q, float scale, ReadOnlySpan<float> state);

    /// <summary>The two numbers of least cost, where weights are the second one wherever <paramref name="high"/> is 1 and else, where it is 0, the first one; NaN where there are none of one.</summary>
    public (float Low, float High) BestPair(int row, ReadOnlySpan<float> start, ReadOnlySpan<float> high)
    {
        float[] none = new float[Depth], low = [.. high];
        foreach (ref float v in low.AsSpan())
            v = 1 - v;
        // By derivatives: what they are at zero is the right side, by how much they differ elsewhere the matrix.
        float[] zero = Slopes(none, start), atLow = Slopes(low, start), atHigh = Slopes(high, start);
        double lowLow = 0, lowHigh = 0, highHigh = 0, rightLow = 0, rightHigh = 0;
        for (int k = 0; k < Depth; k++)
        {
            lowLow += low[k] * ((double)atLow[k] - zero[k]);
            lowHigh += low[k] * ((double)atHigh[k] - zero[k]);
            highHigh += high[k] * ((double)atHigh[k] - zero[k]);
            rightLow -= low[k] * (double)zero[k];
            rightHigh -= high[k] * (double)zero[k];
        }
        double determinant = lowLow * highHigh - lowHigh * lowHigh;
        return determinant > 1e-9 * lowLow * highHigh
            ? ((float)((rightLow * highHigh - rightHigh * lowHigh) / determinant), (float)((rightHigh * lowLow - rightLow * lowHigh) / determinant))
            : (float.NaN, float.NaN);

        float[] Slopes(ReadOnlySpan<float> weights, ReadOnlySpan<float> start)
        {
            float[] state = new float[StateLength], slopes = new float[Depth];
            Start(row, weights, 1, state);
            for (int k = 0; k < slopes.Length; k++)
                slopes[k] = Slope(state, k, weights[k] - start[k]);
            return slopes;
        }
    }

    /// <summary>What the bias has to be, so that the mean is right.</summary>
    public float Bias(int row, ReadOnlySpan<float> q, float scale)
    {
        double sum = MeanY[row];
        for (int k = 0; k < depth; k++)
            sum -= (double)q[k] * scale * MeanX[k];
        return (float)sum;
    }
}

/// <summary>By the inputs' second moments: memory and time a weight are the depth's.</summary>
internal sealed class MomentQuadratic(float[] second, float[] cross, int depth, int rows) : Quadratic(depth, rows)
{
    public override int StateLength => Depth;

    private ReadOnlySpan<float> Second(int k) => second.AsSpan(k * Depth, Depth);

    public override void Start(int row, ReadOnlySpan<float> q, float scale, Span<float> state)
    {
        for (int k = 0; k < Depth; k++)
            state[k] = -cross[row * Depth + k];
        for (int k = 0; k < Depth; k++)
        {
            if (q[k] != 0)
                Lanes.Add(state, scale * q[k], Second(k));
        }
    }

    public override float Slope(ReadOnlySpan<float> state, int k, float moved) => state[k];

    public override void Move(Span<float> state, int k, float by) => Lanes.Add(state, by, Second(k));

    public override float BestScale(int row, ReadOnlySpan<float> q, float scale, ReadOnlySpan<float> state)
    {
        double linear = 0, square = 0;
        for (int k = 0; k < Depth; k++)
        {
            double target = cross[row * Depth + k];
            linear += q[k] * target;
            square += q[k] * (state[k] + target) / scale;
        }
        return square > 0 ? (float)(linear / square) : scale;
    }
}

/// <summary>By the inputs themselves, where there are fewer of them than weights in a row: columns [k][sample], outputs [row][sample].</summary>
internal sealed class SampleQuadratic(float[] columns, float[] outputs, float[] start, float damping, int samples, int depth, int rows) : Quadratic(depth, rows)
{
    public override int StateLength => samples;

    private ReadOnlySpan<float> Column(int k) => columns.AsSpan(k * samples, samples);

    private ReadOnlySpan<float> Outputs(int row) => outputs.AsSpan(row * samples, samples);

    public override void Start(int row, ReadOnlySpan<float> q, float scale, Span<float> state)
    {
        for (int i = 0; i < samples; i++)
            state[i] = -outputs[row * samples + i];
        for (int k = 0; k < Depth; k++)
        {
            if (q[k] != 0)
                Lanes.Add(state, scale * q[k], Column(k));
        }
    }

    public override float Slope(ReadOnlySpan<float> state, int k, float moved) => Lanes.Dot(state, Column(k)) / samples + damping * moved;

    public override void Move(Span<float> state, int k, float by) => Lanes.Add(state, by, Column(k));

    public override float BestScale(int row, ReadOnlySpan<float> q, float scale, ReadOnlySpan<float> state)
    {
        double linear = 0, square = 0;
        ReadOnlySpan<float> y = Outputs(row);
        for (int i = 0; i < samples; i++)
        {
            double a = ((double)state[i] + y[i]) / scale;
            linear += a * y[i];
            square += a * a;
        }
        linear /= samples;
        square /= samples;
        for (int k = 0; k < Depth; k++)
        {
            linear += (double)damping * q[k] * start[row * Depth + k];
            square += (double)damping * q[k] * q[k];
        }
        return square > 0 ? (float)(linear / square) : scale;
    }
}

/// <summary>Nothing is known of the inputs: weights count alike, each for itself, and biases stay.</summary>
internal sealed class NoQuadratic : Quadratic
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public NoQuadratic(int depth, ReadOnlySpan<float> biases) : base(depth, biases.Length)
    {
        MeanX = new float[depth];
        MeanY = biases.ToArray();
        Power = new float[biases.Length];
        Diagonal = [.. Enumerable.Repeat(1f, depth)];
    }

    public override bool IsCoupled => false;

    public override int StateLength => 0;

    public override void Start(int row, ReadOnlySpan<float> q, float scale, Span<float> state) { }

    public override float Slope(ReadOnlySpan<float> state, int k, float moved) => moved;

    public override void Move(Span<float> state, int k, float by) { }

    public override float BestScale(int row, ReadOnlySpan<float> q, float scale, ReadOnlySpan<float> state) => scale;
}
