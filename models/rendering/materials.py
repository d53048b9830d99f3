"""Blender's materials: all their colours come from the meshes' vertices, so that they are made once."""

import bpy

from models.rendering.mesh import GREEN, MATTER, SKIN


def make_materials() -> dict[int, bpy.types.Material]:
    """Skin, matter and green by number (mesh.py)."""
    return {SKIN: _surface("skin", depth_mm=1.2), MATTER: _surface("matter", depth_mm=0.0), GREEN: _leaf()}


def _surface(name: str, depth_mm: float) -> bpy.types.Material:
    """A glossy body that light enters by about `depth_mm` for red."""
    material = _empty(name)
    tree = material.node_tree
    body = tree.nodes.new("ShaderNodeBsdfPrincipled")
    body.inputs["IOR"].default_value = 1.4
    if depth_mm:
        body.inputs["Subsurface Weight"].default_value = 0.25
        body.inputs["Subsurface Radius"].default_value = (1.0, 0.35, 0.2)
        body.inputs["Subsurface Scale"].default_value = depth_mm
    colour, split = _attributes(tree)
    tree.links.new(colour.outputs["Color"], body.inputs["Base Color"])
    tree.links.new(split.outputs["Red"], body.inputs["Roughness"])
    tree.links.new(split.outputs["Green"], body.inputs["Coat Weight"])
    tree.links.new(split.outputs["Blue"], body.inputs["Sheen Weight"])
    body.inputs["Coat Roughness"].default_value = 0.05
    body.inputs["Coat IOR"].default_value = 1.33
    body.inputs["Sheen Roughness"].default_value = 0.6
    tree.links.new(body.outputs["BSDF"], _output(tree).inputs["Surface"])
    return material


def _leaf() -> bpy.types.Material:
    """A thin leaf: some of the light passes."""
    material = _empty("green")
    tree = material.node_tree
    body, through = tree.nodes.new("ShaderNodeBsdfPrincipled"), tree.nodes.new("ShaderNodeBsdfTranslucent")
    both = tree.nodes.new("ShaderNodeMixShader")
    both.inputs["Fac"].default_value = 0.25
    colour, split = _attributes(tree)
    tree.links.new(colour.outputs["Color"], body.inputs["Base Color"])
    tree.links.new(split.outputs["Red"], body.inputs["Roughness"])
    tree.links.new(colour.outputs["Color"], through.inputs["Color"])
    tree.links.new(body.outputs["BSDF"], both.inputs[1])
    tree.links.new(through.outputs["BSDF"], both.inputs[2])
    tree.links.new(both.outputs["Shader"], _output(tree).inputs["Surface"])
    return material


def make_belt_material() -> bpy.types.Material:
    """Shows a picture, its alpha as relief; nodes "picture", "bump" and "body" are set plate by plate."""
    material = _empty("belt")
    tree = material.node_tree
    body = tree.nodes.new("ShaderNodeBsdfPrincipled")
    body.name = "body"
    place, picture = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeTexImage")
    picture.name, picture.extension = "picture", "MIRROR"
    bump = tree.nodes.new("ShaderNodeBump")
    bump.name = "bump"
    tree.links.new(place.outputs["UV"], picture.inputs["Vector"])
    tree.links.new(picture.outputs["Color"], body.inputs["Base Color"])
    tree.links.new(picture.outputs["Alpha"], bump.inputs["Height"])
    tree.links.new(bump.outputs["Normal"], body.inputs["Normal"])
    tree.links.new(body.outputs["BSDF"], _output(tree).inputs["Surface"])
    return material


def _empty(name: str) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes.clear()
    return material


def _output(tree: bpy.types.NodeTree) -> bpy.types.Node:
    return tree.nodes.new("ShaderNodeOutputMaterial")


def _attributes(tree: bpy.types.NodeTree) -> tuple[bpy.types.Node, bpy.types.Node]:
    """The vertices' colour, and their finish taken apart."""
    colour, finish = tree.nodes.new("ShaderNodeAttribute"), tree.nodes.new("ShaderNodeAttribute")
    colour.attribute_name, finish.attribute_name = "colour", "finish"
    split = tree.nodes.new("ShaderNodeSeparateColor")
    tree.links.new(finish.outputs["Color"], split.inputs["Color"])
    return colour, split
