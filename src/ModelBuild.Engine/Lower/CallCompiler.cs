using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>A plan's calls as machine code: what the C# compiler makes of the generated class, made here of the plan.</summary>
internal sealed unsafe class CallCompiler : IDisposable
{
    /// <summary>Calls a method; the JIT's time grows faster than a method's length.</summary>
    private const int GroupSize = 32;

    /// <summary>Runs a group of calls. <paramref name="tensors"/>: the addresses of inputs, then outputs.</summary>
    private delegate void Group(ref Frame frame, byte** tensors);

    private static readonly ILookup<string, MethodInfo> Kernels =
        typeof(Kernels).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).ToLookup(m => m.Name);

    private readonly Plan _plan;
    private readonly Group[] _groups;

    // The constant lists of all calls, one after the other.
    private int* _lists;
    private int _listed;

    /// <param name="apart">Whether each call is a method of its own, so that each can be timed.</param>
    public CallCompiler(Plan plan, bool apart = false)
    {
        _plan = plan;
        PlanValue[][] values = [.. plan.Calls.Select(c => c.Arguments.Select(a => PlanValue.Parse(a.Value)).ToArray())];
        int ints = values.Sum(call => call.OfType<PlanValue.List>().Sum(list => list.Values.Count));
        _lists = (int*)NativeMemory.Alloc((nuint)Math.Max(ints, 1), sizeof(int));
        try
        {
            _groups = [.. plan.Calls.Zip(values).Chunk(apart ? 1 : GroupSize).Select(Compile)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Run(ref readonly Frame frame, byte** tensors)
    {
        Frame copy = frame;
        foreach (Group group in _groups)
            group(ref copy, tensors);
    }

    /// <summary>The same; <paramref name="times"/> becomes the timestamps of the beginning and of each group's end.</summary>
    public void Run(ref readonly Frame frame, byte** tensors, Span<long> times)
    {
        Frame copy = frame;
        times[0] = Stopwatch.GetTimestamp();
        for (int i = 0; i < _groups.Length; i++)
        {
            _groups[i](ref copy, tensors);
            times[i + 1] = Stopwatch.GetTimestamp();
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_lists);
        _lists = null;
    }

    /// <summary>The element type that the plan writes as a word.</summary>
    public static ElementType Element(PlanTensor tensor) =>
        Enum.GetValues<ElementType>().FirstOrDefault(e => e.Word() == tensor.Type) is var element && element != default
            ? element : throw new InvalidOperationException($"'{tensor.Name}' has the type '{tensor.Type}', which no tensor has");

    private Group Compile((PlanCall Call, PlanValue[] Values)[] calls)
    {
        var method = new DynamicMethod(calls[0].Call.Kernel, null, [typeof(Frame).MakeByRefType(), typeof(byte**)], typeof(CallCompiler).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        foreach ((PlanCall call, PlanValue[] values) in calls)
            Emit(il, call, values);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Group>();
    }

    private void Emit(ILGenerator il, PlanCall call, PlanValue[] values)
    {
        MethodInfo kernel = Find(call);
        string[] names = [.. call.Arguments.Select(a => a.Name)];
        if (kernel.IsGenericMethodDefinition)
            kernel = kernel.MakeGenericMethod(ClrType(Element(values.Select(Tensor).OfType<PlanTensor>().FirstOrDefault() ?? throw new InvalidOperationException($"the call of '{call.Kernel}' names no tensor"))));

        il.Emit(OpCodes.Ldarg_0);
        foreach (ParameterInfo parameter in kernel.GetParameters().Skip(1))
        {
            int given = Array.IndexOf(names, parameter.Name);
            if (given >= 0)
                Push(il, values[given], parameter, call);
            else if (parameter.HasDefaultValue)
                Push(il, Default(parameter), parameter, call);
            else
                throw new InvalidOperationException($"the call of '{call.Kernel}' lacks the parameter '{parameter.Name}'");
        }
        il.Emit(OpCodes.Call, kernel);
    }

    private static MethodInfo Find(PlanCall call)
    {
        if (!Kernels.Contains(call.Kernel))
            throw new InvalidOperationException($"the runtime has no kernel '{call.Kernel}'");
        MethodInfo[] overloads = [.. Kernels[call.Kernel]];
        return overloads.FirstOrDefault(m => call.Arguments.All(a => m.GetParameters().Any(p => p.Name == a.Name)))
            ?? throw new InvalidOperationException($"the kernel '{call.Kernel}' has no parameter '{call.Arguments.First(a => overloads[0].GetParameters().All(p => p.Name != a.Name)).Name}'");
    }

    private void Push(ILGenerator il, PlanValue value, ParameterInfo parameter, PlanCall call)
    {
        Type type = parameter.ParameterType;
        switch (value)
        {
            case PlanValue.Integer(int number) when type == typeof(int):
                il.Emit(OpCodes.Ldc_I4, number);
                break;
            case PlanValue.Integer(int number) when type == typeof(float):
                il.Emit(OpCodes.Ldc_R4, (float)number);
                break;
            case PlanValue.Single(float number) when type == typeof(float):
                il.Emit(OpCodes.Ldc_R4, number);
                break;
            case PlanValue.Place(var block, int offset) when type == typeof(Place):
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldc_I4, offset);
                il.Emit(OpCodes.Call, typeof(Frame).GetMethod(block.ToString())!);
                break;
            case PlanValue.None when type == typeof(Place):
                LocalBuilder absent = il.DeclareLocal(typeof(Place));
                il.Emit(OpCodes.Ldloca, absent);
                il.Emit(OpCodes.Initobj, typeof(Place));
                il.Emit(OpCodes.Ldloc, absent);
                break;
            case PlanValue.List(var numbers) when type == typeof(ReadOnlySpan<int>):
                int* start = _lists + _listed;
                foreach (int number in numbers)
                    _lists[_listed++] = number;
                il.Emit(OpCodes.Ldc_I8, (long)start);
                il.Emit(OpCodes.Conv_I);
                PushSpan(il, numbers.Count, type);
                break;
            case PlanValue.Input or PlanValue.Output when Tensor(value) is { } tensor && type.IsByRefLike && type.GetGenericArguments() is [var element] && element == ClrType(Element(tensor)):
                int index = value is PlanValue.Output(int output) ? _plan.Inputs.Count + output : ((PlanValue.Input)value).Index;
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Ldc_I4, index * sizeof(byte*));
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Ldind_I);
                PushSpan(il, Shape.Of(tensor.Shape).Size, type);
                break;
            default:
                string text = call.Arguments.FirstOrDefault(a => a.Name == parameter.Name)?.Value ?? value.ToString();
                throw new InvalidOperationException($"the kernel '{call.Kernel}' takes a {type.Name} for '{parameter.Name}', not '{text}'");
        }
    }

    private static void PushSpan(ILGenerator il, int length, Type type)
    {
        il.Emit(OpCodes.Ldc_I4, length);
        il.Emit(OpCodes.Newobj, type.GetConstructor([typeof(void*), typeof(int)])!);
    }

    private static PlanValue Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        int number => new PlanValue.Integer(number),
        float number => new PlanValue.Single(number),
        _ => new PlanValue.None(),
    };

    private PlanTensor? Tensor(PlanValue value) => value switch
    {
        PlanValue.Input(int i) => i < _plan.Inputs.Count ? _plan.Inputs[i] : throw new InvalidOperationException($"the plan has no input {i}"),
        PlanValue.Output(int i) => i < _plan.Outputs.Count ? _plan.Outputs[i] : throw new InvalidOperationException($"the plan has no output {i}"),
        _ => null,
    };

    private static Type ClrType(ElementType element) => element switch
    {
        ElementType.Float32 => typeof(float), ElementType.Float64 => typeof(double), ElementType.Float16 => typeof(Half),
        ElementType.Int64 => typeof(long), ElementType.Int32 => typeof(int), ElementType.Int16 => typeof(short), ElementType.Int8 => typeof(sbyte),
        ElementType.UInt64 => typeof(ulong), ElementType.UInt32 => typeof(uint), ElementType.UInt16 => typeof(ushort), ElementType.UInt8 => typeof(byte),
        ElementType.Bool => typeof(bool),
        _ => throw new InvalidOperationException($"{element.Word()} has no type in C#"),
    };
}
