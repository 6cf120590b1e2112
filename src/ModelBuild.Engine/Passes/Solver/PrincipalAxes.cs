using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelBuild.Engine;

/// <summary>
/// The eigenvalues of a symmetric matrix without negative ones, largest first, and its eigenvectors, [axis][n]; what is zero but for rounding is left out. By rotations of two
/// rows each until all are orthogonal (Hestenes 1958), in one order on any number of threads: rows meet as players of a round robin do.
/// </summary>
internal sealed record PrincipalAxes(double[] Values, double[][] Axes)
{
    private const int MostSweeps = 40;

    /// <summary>The cosine below which rows count as orthogonal, and the length, relative to the longest row, below which one counts as zero.</summary>
    private const double Orthogonal = 1e-9, Zero = 1e-7;

    /// <summary>Below this a round isn't worth sharing out.</summary>
    private const int LeastShared = 1 << 14;

    public static PrincipalAxes Of(ReadOnlySpan<float> matrix, int n, CancellationToken cancellation)
    {
        double[][] rows = new double[n][];
        for (int i = 0; i < n; i++)
        {
            rows[i] = new double[n];
            for (int j = 0; j < n; j++)
                rows[i][j] = matrix[i * n + j];
        }
        double least = Zero * rows.Max(Length);
        // With an odd number one sits out, each round another.
        int[] players = [.. Enumerable.Range(0, n + n % 2)];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = (long)n * n < LeastShared ? 1 : -1 };
        int rotated = 1;
        for (int sweep = 0; sweep < MostSweeps && rotated > 0; sweep++)
        {
            rotated = 0;
            for (int round = 1; round < players.Length; round++)
            {
                Parallel.For(0, players.Length / 2, options, i =>
                {
                    var (p, q) = (players[i], players[^(i + 1)]);
                    if (Math.Max(p, q) < n && Rotate(rows[Math.Min(p, q)], rows[Math.Max(p, q)], least))
                        Interlocked.Exchange(ref rotated, 1);
                });
                (players[1], int[] rest) = (players[^1], players[1..^1]);
                rest.CopyTo(players, 2);
            }
        }
        // A row is its eigenvector times the eigenvalue.
        double[][] found = [.. rows.Where(r => Length(r) > least).OrderByDescending(Length)];
        double[] values = Array.ConvertAll(found, Length);
        return new(values, [.. found.Zip(values, (row, value) => Array.ConvertAll(row, v => v / value))]);
    }

    private static double Length(double[] row) => Math.Sqrt(Dot(row, row));

    /// <summary>Makes two rows orthogonal; false where they are.</summary>
    private static bool Rotate(double[] a, double[] b, double least)
    {
        double aa = Dot(a, a), bb = Dot(b, b), ab = Dot(a, b);
        if (Math.Min(aa, bb) <= least * least * Orthogonal || Math.Abs(ab) <= Orthogonal * Math.Sqrt(aa * bb))
            return false;
        double zeta = (bb - aa) / (2 * ab), tangent = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
        double cosine = 1 / Math.Sqrt(1 + tangent * tangent), sine = cosine * tangent;
        Span<Vector512<double>> left = MemoryMarshal.Cast<double, Vector512<double>>(a.AsSpan()), right = MemoryMarshal.Cast<double, Vector512<double>>(b.AsSpan());
        for (int i = 0; i < left.Length; i++)
            (left[i], right[i]) = (left[i] * cosine - right[i] * sine, left[i] * sine + right[i] * cosine);
        for (int i = left.Length * Vector512<double>.Count; i < a.Length; i++)
            (a[i], b[i]) = (a[i] * cosine - b[i] * sine, a[i] * sine + b[i] * cosine);
        return true;
    }

    /// <summary>Eight partial sums, added up as a tree; then what remains, in order.</summary>
    private static double Dot(double[] a, double[] b)
    {
        ReadOnlySpan<Vector512<double>> left = MemoryMarshal.Cast<double, Vector512<double>>(a), right = MemoryMarshal.Cast<double, Vector512<double>>(b);
        Vector512<double> sums = Vector512<double>.Zero;
        for (int i = 0; i < left.Length; i++)
            sums += left[i] * right[i];
        Vector256<double> four = sums.GetLower() + sums.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        double sum = two[0] + two[1];
        for (int i = left.Length * Vector512<double>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
