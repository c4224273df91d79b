-- The health of a CodeSourceBinding, for Argo CD (resource.customizations.health.codesource.dev_CodeSourceBinding).
local function condition(name)
  if obj.status ~= nil and obj.status.conditions ~= nil then
    for _, c in ipairs(obj.status.conditions) do
      if c.type == name then
        return c
      end
    end
  end
  return nil
end

local function is(name, status)
  local c = condition(name)
  return c ~= nil and c.status == status
end

local function message(otherwise)
  local ready = condition("Ready")
  if ready ~= nil and ready.message ~= nil and ready.message ~= "" then
    return ready.message
  end
  return otherwise
end

-- Suspended in spec is enough: the operator may be slow to say so, and nothing will change until it is lifted.
if obj.spec ~= nil and obj.spec.suspend == true then
  return { status = "Suspended", message = "spec.suspend is set: the binding is not verified." }
end

-- A status of another generation speaks of a spec that is no more.
if obj.status == nil or obj.status.phase == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator." }
end

local phase = obj.status.phase
if phase == "Suspended" then
  return { status = "Suspended", message = message("The binding is not verified.") }
end
if phase == "Failed" or is("Stalled", "True") then
  return { status = "Degraded", message = message("The binding has failed.") }
end
if phase == "Bound" then
  return { status = "Healthy", message = message("The access is proven.") }
end
if phase == "AwaitingAuthorization" and obj.status.authorization ~= nil and obj.status.authorization.url ~= nil then
  local authorization = obj.status.authorization
  local text = "Open " .. authorization.url
  if authorization.userCode ~= nil then
    text = text .. " and type in " .. authorization.userCode
  end
  return { status = "Progressing", message = text }
end
return { status = "Progressing", message = message("The access is being verified.") }
