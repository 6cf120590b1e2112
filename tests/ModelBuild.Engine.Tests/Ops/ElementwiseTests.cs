using CsCheck;

namespace ModelBuild.Engine.Tests;

[TestClass]
[TestCategory(InstructionSets.Kernels)]
public class ElementwiseTests
{
    private static readonly Op[] Unary =
    [
        new Abs(), new Ceil(), new Celu(0.7f), new Clip(-1, 2), new Clip(), new Elu(1.3f), new Erf(), new Exp(), new Floor(), new Gelu(), new Gelu(Approximate: true),
        new HardSigmoid(0.3f, 0.4f), new HardSwish(), new Identity(), new LeakyRelu(0.2f), new Mish(), new Neg(), new Reciprocal(), new Relu(), new Round(), new Selu(),
        new Asinh(), new Atan(), new Cos(), new Shrink(0.3f, 0.6f), new Sigmoid(), new Sign(), new Sin(), new Softplus(), new Softsign(), new Swish(1.5f), new Tanh(), new ThresholdedRelu(0.5f),
    ];

    private static readonly Op[] Positive = [new Log(), new Sqrt()];

    private static readonly Op[] Binary = [new Add(), new Sub(), new Mul(), new Div(), new Min(), new Max(), new Mod(), new Mod(Fmod: true)];

    private static readonly Op[] Relations = [new Equal(), new Greater(), new GreaterOrEqual(), new Less(), new LessOrEqual()];

    private static readonly Op[] Logic = [new And(), new Or(), new Xor()];

    private static readonly ElementType[] Numbers = [ElementType.Float32, ElementType.Int32, ElementType.Int64];

    private static readonly ElementType[] Castable = [.. Numbers, ElementType.Int8, ElementType.UInt8, ElementType.Bool];

    [TestMethod]
    public void Unary_AgreesWithItsMeaning_HoweverDataLies() =>
        (from op in Gen.OneOf(Unary)
         from shape in Shapes(4)
         from x in Tensors(ElementType.Float32, shape)
         from channelsLast in Gen.Bool
         select (op, x: WithALargeOne(x), channelsLast)).Sample(t => OneNode.Agrees(t.op, [t.x], channelsLast: t.channelsLast), iter: 300);

    [TestMethod]
    public void Unary_AgreesWithItsMeaning_WherePositiveValuesAreNeeded() =>
        (from op in Gen.OneOf(Positive)
         from x in Tensors(ElementType.Float32, [3, 5])
         select (op, x)).Sample(t => OneNode.Agrees(t.op, new Abs().Evaluate([t.x])), iter: 50);

    [TestMethod]
    public void Unary_AgreesWithItsMeaning_OnItsDomain() =>
        (from op in Gen.OneOf<Op>(new Acos(), new Acosh(), new Asin(), new Atanh(), new Cosh(), new Sinh(), new Tan())
         from x in Any.Floats([3, 5], op is Acosh ? 1.5f : -0.99f, op is Acosh ? 30 : 0.99f)
         select (op, x)).Sample(t => OneNode.Agrees(t.op, [t.x]), iter: 100);

    [TestMethod]
    public void Unary_AgreesWithItsMeaning_OnIntegers() =>
        (from op in Gen.OneOf<Op>(new Abs(), new Neg())
         from element in Gen.OneOf(ElementType.Int32, ElementType.Int64)
         from x in Tensors(element, [3, 5])
         select (op, x)).Sample(t => OneNode.Agrees(t.op, [t.x]), iter: 50);

    [TestMethod]
    public void Binary_AgreesWithItsMeaning_WhenOperandsBroadcast() =>
        (from op in Gen.OneOf(Binary)
         from element in Gen.OneOf(Numbers)
         from operands in Operands(2, element)
         from constant in Gen.Int[-1, 1]
         from channelsLast in Gen.Bool
         select (op, operands, constant, channelsLast)).Sample(t => OneNode.Agrees(t.op, t.operands, [t.constant], t.channelsLast, error: 1e-7), iter: 300);

    [TestMethod]
    public void Binary_WrapsNarrowIntegers_WhenOperandsBroadcast() =>
        (from op in Gen.OneOf<Op>([.. Binary, new BitwiseAnd(), new BitwiseOr(), new BitwiseXor()])
         from element in Gen.OneOf(ElementType.Int8, ElementType.UInt8, ElementType.Int16, ElementType.UInt16, ElementType.UInt32)
         from operands in Operands(2, ElementType.Int64)
         from constant in Gen.Int[-1, 1]
         select (op, operands: Array.ConvertAll(operands, o => Tensor.From(o.Type with { Element = element }, o.Int64s())), constant)).Sample(t => OneNode.Agrees(t.op, t.operands, [t.constant]), iter: 300);

    [TestMethod]
    public void BitShift_LeavesNothing_WhereAllBitsAreGone() =>
        (from element in Gen.OneOf(ElementType.UInt8, ElementType.UInt16, ElementType.UInt32, ElementType.UInt64)
         from left in Gen.Bool
         from x in Gen.Long.Array[6]
         from places in Gen.Long[0, 70].Array[6]
         select (op: new BitShift(left), x: Tensor.From(new(element, [6]), x), places: Tensor.From(new(element, [6]), places))).Sample(t => OneNode.Agrees(t.op, [t.x, t.places]), iter: 100);

    [TestMethod]
    public void Relation_AgreesWithItsMeaning_WhenOperandsBroadcast() =>
        (from op in Gen.OneOf(Relations)
         from element in Gen.OneOf(Numbers)
         from operands in Operands(2, element)
         from channelsLast in Gen.Bool
         select (op, operands, channelsLast)).Sample(t => OneNode.Agrees(t.op, t.operands, channelsLast: t.channelsLast), iter: 200);

    [TestMethod]
    public void Logic_AgreesWithItsMeaning_WhenOperandsBroadcast() =>
        (from op in Gen.OneOf([.. Logic, new Equal()])
         from operands in Operands(2, ElementType.Bool)
         select (op, operands)).Sample(t => OneNode.Agrees(t.op, t.operands), iter: 100);

    [TestMethod]
    public void Not_AgreesWithItsMeaning() =>
        Tensors(ElementType.Bool, [3, 7]).Sample(x => OneNode.Agrees(new Not(), [x]), iter: 20);

    [TestMethod]
    public void Where_AgreesWithItsMeaning_WhenOperandsBroadcast() =>
        (from element in Gen.OneOf(Castable)
         from operands in Operands(3, element)
         from condition in Tensors(ElementType.Bool, operands[0].Shape)
         from channelsLast in Gen.Bool
         select (operands: new[] { condition, operands[1], operands[2] }, channelsLast)).Sample(t => OneNode.Agrees(new Where(), t.operands, channelsLast: t.channelsLast), iter: 200);

    [TestMethod]
    public void Pow_AgreesWithItsMeaning_OnAllTypes() =>
        (from element in Gen.OneOf(Numbers)
         from power in Gen.OneOf(Numbers)
         from shape in Shapes(3)
         from a in Tensors(element, shape)
         from b in Gen.Int[-3, 5].Array[shape.Size]
         select (a, b: Tensor.From(new(power, shape), Array.ConvertAll(b, v => (long)v)))).Sample(t => OneNode.Agrees(new Pow(), [Small(t.a), t.b]), iter: 200);

    [TestMethod]
    public void Pow_AgreesWithItsMeaning_WhenTheExponentIsASmallConstant()
    {
        float[] x = [0.25f, 1.5f, 2, 3.75f, 10];
        foreach (float exponent in (float[])[-2, -1, 0, 0.5f, 1, 1.5f, 2, 3, 4, 5])
            OneNode.Agrees(new Pow(), [Tensor.Of([5], x), Tensor.Scalar(exponent)], constant: [1], error: 3e-7);
    }

    [TestMethod]
    public void PRelu_AgreesWithItsMeaning_WhenTheSlopeIsByChannel()
    {
        Tensor x = Tensor.Of([2, 3, 2, 2], Enumerable.Range(-12, 24).Select(i => i / 4f).ToArray()), slope = Tensor.Of([3, 1, 1], [0.1f, -0.5f, 2]);
        OneNode.Agrees(new PRelu(), [x, slope], constant: [1]);
        OneNode.Agrees(new PRelu(), [x, slope], constant: [1], channelsLast: true);
    }

    [TestMethod]
    public void Cast_AgreesWithItsMeaning_BetweenAllTypesThatRun() =>
        (from element in Gen.OneOf(Castable)
         from to in Gen.OneOf(Castable)
         from x in Tensors(element, [2, 9])
         select (to, x)).Sample(t => OneNode.Agrees(new Cast(t.to), [t.x], error: 0), iter: 200);

    [TestMethod]
    public void Cast_Rounds_BetweenFloatsOfAllSizes()
    {
        Tensor x = Tensor.Of([2, 3], [1.0001f, -65519f, 1e-8f, float.NaN, float.PositiveInfinity, 3.25f]);
        foreach (ElementType element in (ElementType[])[ElementType.Float16, ElementType.Float64])
        {
            OneNode.Agrees(new Cast(element), [x], error: 0);
            OneNode.Agrees(new Cast(ElementType.Float32), new Cast(element).Evaluate([x]), error: 0);
        }
    }

    [TestMethod]
    public void Cast_Saturates_WhenAFloatIsOutOfRange()
    {
        Tensor x = Tensor.Of([5], [3e9f, -3e9f, float.NaN, -1.9f, 300]);
        CollectionAssert.AreEqual((long[])[int.MaxValue, int.MinValue, 0, -1, 300], OneNode.Run(new Cast(ElementType.Int32), [x])[0].Int64s());
        CollectionAssert.AreEqual((long[])[3000000000, -3000000000, 0, -1, 300], OneNode.Run(new Cast(ElementType.Int64), [x])[0].Int64s());
        CollectionAssert.AreEqual((long[])[255, 0, 0, 255, 44], OneNode.Run(new Cast(ElementType.UInt8), [x])[0].Int64s());
    }

    [TestMethod]
    public void Cast_Folds_WhenTheConstantHasNoKernel()
    {
        Tensor half = new Cast(ElementType.Float16).Fold([new(ElementType.Float32, [2])], [Tensor.Of([2], [1.5f, -2])])![0];
        Assert.AreEqual(ElementType.Float16, half.Element);
        CollectionAssert.AreEqual((double[])[1.5, -2], half.Doubles());
        Tensor brain = new Cast(ElementType.BFloat16).Evaluate([Tensor.Of([2], [1.00390625f, 1.01171875f])])[0];
        CollectionAssert.AreEqual((double[])[1, 1.015625], brain.Doubles(), "halfway between two floats, the even one");
        Assert.ThrowsExactly<OperatorException>(() => new Cast(ElementType.Float16).Infer([new(ElementType.Int32, [2])]));
    }

    [TestMethod]
    public void Div_YieldsNumbers_WhenIntegersDivideByZeroOrOverflow()
    {
        Tensor a = Tensor.Of<int>([4], [7, int.MinValue, -7, 0]), b = Tensor.Of<int>([4], [0, -1, 2, 0]);
        int[] quotients = [0, int.MinValue, -3, 0];
        CollectionAssert.AreEqual(quotients, OneNode.Run(new Div(), [a, b])[0].Span<int>().ToArray());
        CollectionAssert.AreEqual(quotients, new Div().Evaluate([a, b])[0].Span<int>().ToArray());
        Tensor c = Tensor.Of<long>([2], [long.MinValue, 1]), d = Tensor.Of<long>([2], [-1, 0]);
        CollectionAssert.AreEqual((long[])[long.MinValue, 0], OneNode.Run(new Div(), [c, d])[0].Int64s());
    }

    [TestMethod]
    public void Max_IsNaN_WhenEitherOperandIs()
    {
        Tensor a = Tensor.Of([3], [float.NaN, 1, float.NegativeInfinity]), b = Tensor.Of([3], [1, float.NaN, float.PositiveInfinity]);
        CollectionAssert.AreEqual((float[])[float.NaN, float.NaN, float.PositiveInfinity], OneNode.Run(new Max(), [a, b])[0].F32.ToArray());
        CollectionAssert.AreEqual((float[])[float.NaN, float.NaN, float.NegativeInfinity], OneNode.Run(new Min(), [a, b])[0].F32.ToArray());
    }

    [TestMethod]
    public void Fold_ComputesInAnyType_WhenAllOperandsAreConstant()
    {
        Tensor a = Tensor.Of<double>([2], [1, 3]), b = Tensor.Scalar(0.5);
        Tensor y = new Mul().Fold([a.Type, b.Type], [a, b])![0];
        Assert.AreEqual(a.Type, y.Type);
        CollectionAssert.AreEqual((double[])[0.5, 1.5], y.Doubles());
        Assert.ThrowsExactly<OperatorException>(() => new Mul().Infer([a.Type, b.Type]));
    }

    [TestMethod]
    public void After_MergesClamps_WhenOneFollowsTheOther()
    {
        Assert.AreEqual(new Clip(0, 6), new Clip(-1, 6).After(new Relu()));
        Assert.AreEqual(new Clip(0, 6), new Relu().After(new Clip(-1, 6)));
        Assert.AreEqual(new Relu(), new Relu().After(new Relu()));
        Assert.AreEqual(new Clip(2, 2), new Clip(2, 3).After(new Clip(0, 1)));
        Assert.IsNull(new Sigmoid().After(new Relu()));
    }

    // Values that are not so large that float32 sums of them are no numbers, nor so small that they have few digits; some are equal, some special integers.
    private static Gen<Tensor> Tensors(ElementType element, Shape shape) => element switch
    {
        ElementType.Float32 => Gen.OneOf(Gen.Float[-8, 8].Select(v => MathF.Abs(v) < 1e-30f ? 0 : v), Gen.OneOf(0f, -0f, 1f, -1f, 2.5f)).Array[shape.Size].Select(v => Tensor.Of(shape, v)),
        ElementType.Int32 => Gen.OneOf(Gen.Int, Gen.Int[-3, 3], Gen.OneOf(int.MinValue, int.MaxValue)).Array[shape.Size].Select(v => Tensor.Of(shape, v)),
        ElementType.Int64 => Gen.OneOf(Gen.Long, Gen.Long[-3, 3], Gen.OneOf(long.MinValue, long.MaxValue)).Array[shape.Size].Select(v => Tensor.Of(shape, v)),
        ElementType.Bool => Gen.Bool.Array[shape.Size].Select(v => Tensor.Of(shape, v)),
        _ => Gen.Byte.Array[shape.Size].Select(v => new Tensor(new(element, shape), v)),
    };

    // An error is measured by the largest result; where all of them lie beside a zero of the function there is nothing to measure it by.
    private static Tensor WithALargeOne(Tensor x) => Tensor.Of(x.Shape, [2.5f, .. x.F32.ToArray().Skip(1)]);

    private static Gen<Shape> Shapes(int rank) => Gen.Int[1, 5].Array[0, rank].Select(axes => Shape.Of(axes));

    /// <summary>Operands that broadcast: of one shape, some axes are 1 and some of the first are left out.</summary>
    private static Gen<Tensor[]> Operands(int count, ElementType element) =>
        from shape in Shapes(4)
        from all in Parts(count, shape, element)
        select all;

    private static Gen<Tensor[]> Parts(int count, Shape shape, ElementType element) =>
        (from ones in Gen.Frequency((2, Gen.Const(false)), (1, Gen.Const(true))).Array[shape.Rank]
         from without in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[0, shape.Rank]))
         from tensor in Tensors(element, Shape.Of(shape.Select((length, i) => ones[i] ? 1 : length).Skip(without)))
         select tensor).Array[count];

    private static Tensor Small(Tensor x) => Tensor.From(x.Type, Array.ConvertAll(x.Doubles(), v => v % 9 is var r && Math.Abs(r) < 0.1 ? 1 : r));
}
