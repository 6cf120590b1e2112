using System.ComponentModel;
using System.Reflection;
using System.Text;
using ModelBuild.Generated;

namespace ModelBuild.Runtime.Tests;

/// <summary>What generated classes were compiled against must stay: the lists in <c>src/ModelBuild.Runtime</c> and <c>src/ModelBuild.OnnxRuntime</c> grow, and shrink in no patch.</summary>
[TestClass]
public class PublicApiTests
{
    private static readonly Assembly[] Assemblies = [typeof(Frame).Assembly, typeof(OnnxFrame).Assembly];

    private static readonly NullabilityInfoContext s_nullability = new();

    [TestMethod]
    [DataRow("ModelBuild.Runtime")]
    [DataRow("ModelBuild.OnnxRuntime")]
    public void PublicApi_IsAsListed(string project) =>
        Golden.Compare(string.Concat(Lines(Assembly.Load(project)).Order(StringComparer.Ordinal).Select(line => line + "\n")), "..", "..", "src", project, "PublicApi.txt");

    [TestMethod]
    public void TypesForGeneratedCode_AreHiddenFromEditors()
    {
        foreach (Type type in Assemblies.SelectMany(a => a.GetExportedTypes()).Where(t => t.Namespace == "ModelBuild.Generated" && !t.IsNested))
            Assert.AreEqual(EditorBrowsableState.Never, type.GetCustomAttribute<EditorBrowsableAttribute>()?.State, type.Name);
    }

    [TestMethod]
    public void Namespaces_AreOneForUsersAndOneForGeneratedCode() => CollectionAssert.AreEquivalent(
        new[] { "ModelBuild", "ModelBuild.Generated" }, Assemblies.SelectMany(a => a.GetExportedTypes()).Select(t => t.Namespace).Distinct().ToArray());

    private static IEnumerable<string> Lines(Assembly assembly)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (Type type in assembly.GetExportedTypes())
        {
            yield return $"{(type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class")} {Name(type)}";
            foreach (ConstructorInfo constructor in type.GetConstructors(Declared))
                yield return $"{Name(type)}.new({Parameters(constructor)})";
            foreach (MethodInfo method in type.GetMethods(Declared).Where(m => !m.IsSpecialName))
                yield return $"{Name(type)}.{method.Name}{Arguments(method)}({Parameters(method)}) : {Name(method.ReturnType)}";
            foreach (PropertyInfo property in type.GetProperties(Declared))
                yield return $"{Name(type)}.{property.Name} {{{(property.CanRead ? " get;" : "")}{(property.CanWrite ? " init;" : "")} }} : {Name(property.PropertyType)}{(s_nullability.Create(property).ReadState == NullabilityState.Nullable && !property.PropertyType.IsValueType ? "?" : "")}";
            foreach (FieldInfo field in type.GetFields(Declared))
                yield return $"{Name(type)}.{field.Name} : {Name(field.FieldType)}";
        }
    }

    private static string Arguments(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    // Generated code names its arguments: a parameter's name is part of the interface.
    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        (p.IsIn ? "in " : p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : "") + Name(p.ParameterType) + " " + p.Name + (p.HasDefaultValue ? " = " + (p.DefaultValue ?? "null") : "")));

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        var name = new StringBuilder(type.Namespace == typeof(Frame).Namespace || type.IsGenericParameter ? "" : type.Namespace == "ModelBuild" ? "ModelBuild." : "");
        if (type is { IsNested: true, IsGenericParameter: false })
            name.Append(Name(type.DeclaringType!)).Append('.');
        name.Append(type.Name.Split('`')[0]);
        if (type.IsGenericType)
            name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Name)).Append('>');
        return name.ToString();
    }
}
