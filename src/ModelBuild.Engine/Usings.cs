global using Ints = ModelBuild.EquatableArray<int>;
