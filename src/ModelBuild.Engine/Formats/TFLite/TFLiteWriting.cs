namespace ModelBuild.Engine;

/// <summary>How an operator of the graph is written.</summary>
/// <param name="Op">The operator's record.</param>
/// <param name="Write">Adds what says the same.</param>
/// <param name="Integers">Whether that may be operators of integers, which read and write signed bytes.</param>
/// <param name="Fuses">Whether an activation behind it is part of it.</param>
internal sealed record TFLiteWriting(Type Op, Action<TFLiteNodeWriter, Op> Write, bool Integers, bool Fuses)
{
    /// <summary>Whether an operator of integers says this one, of an input and an output of these shapes, where not each does.</summary>
    public Func<Op, Shape, Shape, bool>? OfIntegers { get; init; }

    public static TFLiteWriting For<T>(Action<TFLiteNodeWriter, T> write, bool integers = false, bool fuses = false) where T : Op => new(typeof(T), (w, o) => write(w, (T)o), integers, fuses);
}
